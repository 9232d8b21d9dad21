/** Another engine that works on the cluster's catalog: plain requests of the Iceberg REST protocol. */
import { z } from "zod";
import type { Environment } from "./environment.ts";

const settings = z.object({ prefix: z.string().optional() }).optional();
const config = z.object({ defaults: settings, overrides: settings });
const table = z.object({ "metadata-location": z.string() });

export class OtherEngine {
  readonly #address: string;

  private constructor(address: string) {
    this.#address = address;
  }

  /** Takes the catalog of the environment's platform, whose Service the node reaches by its cluster address. */
  static async connect(environment: Environment): Promise<OtherEngine> {
    const base = `${(await environment.lakeAddress()).uri}/v1`;
    const { defaults, overrides } = config.parse(await send("GET", `${base}/config`));
    const prefix = overrides?.prefix ?? defaults?.prefix;
    return new OtherEngine(prefix === undefined ? base : `${base}/${encodeURIComponent(prefix)}`);
  }

  /** Creates a table in a database that is there, and answers the place of its metadata, which every change moves. */
  async createTable(database: string, name: string, definition: object): Promise<string> {
    const path = `${this.#address}/namespaces/${database}/tables`;
    return table.parse(await send("POST", path, { name, "stage-create": false, ...definition }))[
      "metadata-location"
    ];
  }

  async metadataLocation(database: string, name: string): Promise<string> {
    const path = `${this.#address}/namespaces/${database}/tables/${name}`;
    return table.parse(await send("GET", path))["metadata-location"];
  }
}

async function send(method: "GET" | "POST", url: string, body?: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
