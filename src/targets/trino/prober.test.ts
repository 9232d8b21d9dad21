/** The prober against a server that speaks Trino's client protocol. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JsonClient } from "../http/json-client.ts";
import { CachingProber } from "./prober.ts";
import type { ProbeRequest } from "./prober.ts";
import { coordinatorPod } from "../../testing/query-cluster.ts";

const ADDRESS = "127.0.0.1";

class FakeTrino {
  starting = false;
  readonly statements: string[] = [];
  /** Catalogs that answer with this error. */
  readonly failing = new Map<string, string>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** Returns the port. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, ADDRESS, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/v1/info") {
      return send(response, { nodeVersion: { version: "476" }, starting: this.starting });
    }
    if (request.url === "/v1/statement") {
      const sql = await text(request);
      this.statements.push(sql);
      // The host is another than ours on purpose: behind a proxy Trino names one that only its clients know.
      return send(response, { nextUri: `http://trino.example/v1/page/1?q=${encodeURIComponent(sql)}` });
    }
    const url = new URL(request.url ?? "", "http://x");
    const sql = url.searchParams.get("q") ?? "";
    if (url.pathname === "/v1/page/1") {
      return send(response, {
        nextUri: `http://trino.example/v1/page/2?q=${encodeURIComponent(sql)}`,
        data: [[2]],
      });
    }
    const failing = [...this.failing].find(([catalog]) => sql.includes(`"${catalog}"`));
    if (failing === undefined) return send(response, {});
    send(response, {
      error: { errorName: "ICEBERG_CATALOG_ERROR", message: `${failing[1]}\n\tat java.lang.Thread` },
    });
  }
}

function send(response: ServerResponse, body: object): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe("asking a coordinator", () => {
  let trino: FakeTrino;
  let client: JsonClient;
  let prober: CachingProber;

  beforeEach(async () => {
    trino = new FakeTrino();
    client = new JsonClient();
    prober = new CachingProber(client, await trino.start());
  });

  afterEach(async () => {
    await client.close();
    await trino.stop();
  });

  function request(seconds: number, rest: Partial<ProbeRequest> = {}): ProbeRequest {
    return {
      cluster: "quickstart/query",
      coordinator: coordinatorPod("pod-1", ADDRESS),
      readyWorkers: 2,
      catalogs: ["lake", "tpch"],
      now: new Date(seconds * 1000),
      signal: new AbortController().signal,
      ...rest,
    };
  }

  it("tells its version, its workers and each catalog's answer, without stack traces", async () => {
    trino.failing.set("lake", "Failed to list namespaces");
    expect(await prober.probe(request(0))).toEqual({
      state: "known",
      version: "476",
      activeWorkers: 2,
      catalogs: [
        { name: "lake", reachable: false, message: "ICEBERG_CATALOG_ERROR: Failed to list namespaces" },
        { name: "tpch", reachable: true, message: "" },
      ],
    });
    expect(trino.statements.slice(1).sort()).toEqual([
      'SHOW SCHEMAS FROM "lake"',
      'SHOW SCHEMAS FROM "tpch"',
    ]);
  });

  it("says that it is starting", async () => {
    trino.starting = true;
    expect(await prober.probe(request(0))).toEqual({
      state: "unknown",
      message: "the coordinator is starting",
    });
  });

  it("is not done without a ready coordinator", async () => {
    expect(await prober.probe(request(0, { coordinator: undefined }))).toEqual({
      state: "unknown",
      message: "no coordinator is ready",
    });
  });

  it("says that nobody answers, without an address that would change at each start", async () => {
    await trino.stop();
    expect(await prober.probe(request(0))).toEqual({
      state: "unknown",
      message: "the coordinator is unreachable: ECONNREFUSED",
    });
    await trino.start();
  });

  it.each<[string, number, Partial<ProbeRequest>, number]>([
    ["is not repeated within a minute", 59, {}, 0],
    ["is repeated after a minute", 60, {}, 3],
    ["is repeated at once for another coordinator", 1, { coordinator: coordinatorPod("pod-2", ADDRESS) }, 3],
    ["is repeated at once for another number of workers", 1, { readyWorkers: 3 }, 3],
    ["is repeated at once for another catalog", 1, { catalogs: ["lake"] }, 2],
  ])("%s", async (...[, seconds, rest, statements]) => {
    await prober.probe(request(0));
    trino.statements.length = 0;
    await prober.probe(request(seconds, rest));
    expect(trino.statements).toHaveLength(statements);
  });

  it("is repeated sooner after a fault", async () => {
    trino.failing.set("lake", "no");
    await prober.probe(request(0));
    trino.statements.length = 0;
    await prober.probe(request(9));
    expect(trino.statements).toHaveLength(0);
    await prober.probe(request(10));
    expect(trino.statements).toHaveLength(3);
  });
});
