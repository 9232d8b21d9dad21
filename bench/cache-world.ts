/**
 * What the section `cache` measures in: S3, the catalog and a Trino as processes. Trino reads S3 through a door that counts requests and
 * bytes; the server's own access log, which has no bytes of streamed answers, must have the same requests.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startIcebergRest, startPostgresql } from "../test/support/catalog-engines.ts";
import { startVersitygw, type Engine } from "../test/support/engines.ts";
import { lakeCatalog, startTrino } from "../test/support/trino.ts";
import { until } from "../src/testing/until.ts";
import { cacheProperties } from "../src/controllers/query-cluster/plan/file-cache.ts";
import { CountingDoor } from "./counting-door.ts";

/** Requests at the S3 server by what S3 calls them, and by who sent them. */
export interface StoreCounts {
  readonly trino: ReadonlyMap<string, number>;
  /** The catalog's server reads the tables' metadata itself. */
  readonly catalog: ReadonlyMap<string, number>;
  /** Bytes of the answers to Trino. */
  readonly bytes: number;
}

interface Parts {
  readonly directory: string;
  readonly door: CountingDoor;
  readonly engines: readonly Pick<Engine, "stop">[];
  readonly startTrino: () => Promise<Engine>;
  readonly trino: Engine;
}

export class CacheWorld {
  readonly #parts: Parts;
  #trino: Engine;
  /** Requests of the catalog `writer`, which went past the door. */
  #passedBy = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#trino = parts.trino;
  }

  /** Starts everything in an empty folder. Catalogs: `lake` with a cache, `plain` without, `writer` past the door, `tpch`. */
  static async start(
    directory: string,
    cacheBytes: number,
    report: (message: string) => void,
  ): Promise<CacheWorld> {
    const engines: Pick<Engine, "stop">[] = [];
    const keep = async <Started extends Pick<Engine, "stop">>(
      starting: Promise<Started>,
    ): Promise<Started> => {
      const started = await starting;
      engines.unshift(started);
      return started;
    };
    const folder = (name: string): string => join(directory, name);
    try {
      const accessLog = folder("access.log");
      const storage = await keep(startVersitygw({ directory: folder("s3"), accessLog, report }));
      const { address: postgresql } = await keep(
        startPostgresql({ directory: folder("postgresql"), report }),
      );
      const catalog = await keep(
        startIcebergRest({ directory: folder("catalog"), storage, postgresql, report }),
      );
      const door = await keep(CountingDoor.open(storage.endpoint, kindOfRequest, { keepsHost: true }));
      const counted = { storage: { ...storage, endpoint: door.url }, catalog };
      const cache = { medium: "Disk", maxBytes: cacheBytes } as const;
      const properties = Object.entries(cacheProperties(cache, folder("cache")));
      const start = async (): Promise<Engine> =>
        startTrino({
          directory: folder("trino"),
          lake: counted,
          lakeProperties: Object.fromEntries(
            properties.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
          ),
          catalogs: {
            plain: lakeCatalog(counted),
            writer: lakeCatalog({ storage, catalog }),
            tpch: { "connector.name": "tpch" },
          },
          heap: "2g",
          report,
        });
      return new CacheWorld({ directory, door, engines, startTrino: start, trino: await start() });
    } catch (error) {
      await stopAll(engines);
      throw error;
    }
  }

  /** All rows of a statement; throws what Trino says. */
  async ask(sql: string): Promise<readonly unknown[]> {
    const headers = { "x-trino-user": "bench" };
    const rows: unknown[] = [];
    let page = await readPage(`http://${this.#trino.address}/v1/statement`, {
      method: "POST",
      body: sql,
      headers,
    });
    for (;;) {
      if (page.error !== undefined) throw new Error(`${page.error.message ?? "no message"}: ${sql}`);
      rows.push(...(page.data ?? []));
      if (page.nextUri === undefined) return rows;
      page = await readPage(page.nextUri, { headers });
    }
  }

  /** Another Trino over the same folders. */
  async restartTrino(): Promise<void> {
    await this.#trino.stop();
    this.#trino = await this.#parts.startTrino();
  }

  /** Since the start, once the server's log has what went through the door. */
  async counts(): Promise<StoreCounts> {
    const { directory, door } = this.#parts;
    let lines: readonly string[] = [];
    const atDoor = door.count();
    const passedBy = this.#passedBy;
    await until(
      async () => {
        lines = (await readFile(join(directory, "access.log"), "utf8")).split("\n");
        return lines.filter(isOfTrino).length - passedBy >= atDoor;
      },
      () =>
        `the door counted ${atDoor} requests of Trino, the log of S3 has ${lines.filter(isOfTrino).length - passedBy}`,
    );
    const found = lines.filter(isOfTrino).length - passedBy;
    if (found !== atDoor)
      throw new Error(`S3's log has ${found} requests of Trino, the door counted ${atDoor}`);
    const others = lines.filter((line) => line.includes(" s3_") && !isOfTrino(line));
    return { trino: byOperation(lines.filter(isOfTrino)), catalog: byOperation(others), bytes: door.bytes() };
  }

  /** Writes with a catalog that does not go through the door. */
  async write(sql: string): Promise<void> {
    const before = await this.#linesOfTrino();
    const atDoor = this.#parts.door.count();
    await this.ask(sql);
    this.#passedBy += (await this.#linesOfTrino()) - before - (this.#parts.door.count() - atDoor);
  }

  async #linesOfTrino(): Promise<number> {
    return (await readFile(join(this.#parts.directory, "access.log"), "utf8")).split("\n").filter(isOfTrino)
      .length;
  }

  async stop(): Promise<void> {
    await this.#trino.stop();
    await stopAll(this.#parts.engines);
  }
}

async function readPage(
  url: string,
  request: RequestInit,
): Promise<{ nextUri?: string; data?: readonly unknown[]; error?: { message?: string } }> {
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`Trino answers ${response.status}`);
  return (await response.json()) as Awaited<ReturnType<typeof readPage>>;
}

async function stopAll(engines: readonly Pick<Engine, "stop">[]): Promise<void> {
  for (const engine of engines) await engine.stop();
}

/** Each of Trino's clients of S3 names itself. */
function isOfTrino(line: string): boolean {
  return line.includes(" app/Trino ");
}

/** The eighth word of a line is like `s3_GetObject`. */
function byOperation(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const operation = (line.split(" ")[7] ?? "").replace(/^s3_/, "");
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
  }
  return counts;
}

function kindOfRequest(method: string, path: string): string {
  return `${method} ${path.split("/").length > 2 ? "object" : "bucket"}`;
}
