import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeError } from "../../testing/systems.ts";
import { JsonClient } from "../http/json-client.ts";
import type { PlanRequest, SqlPlanner } from "./planner.ts";
import { createSqlPlanner, describeSqlError } from "./planner.ts";

const REQUEST: PlanRequest = {
  sql: "SELECT 1 AS one",
  timeZone: "UTC",
  tables: [],
  incremental: { mode: "Full", keys: [], partitionBy: [] },
};

const PLAN = {
  columns: [{ name: "one", type: "int", required: true }],
  tables: [],
  lineage: [{ column: "one", inputs: [] }],
  deterministic: true,
  modes: [{ mode: "Full", safe: true }],
  spark: "SELECT 1 AS one",
  trino: "SELECT 1 AS one",
  planHash: "00ff",
};

describe("the SQL planner", () => {
  const { signal } = new AbortController();
  let server: Server;
  let client: JsonClient;
  let planner: SqlPlanner;
  let answer: { status: number; body: unknown };
  const asked: unknown[] = [];

  beforeEach(async () => {
    client = new JsonClient();
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        asked.push([request.method, request.url, JSON.parse(Buffer.concat(chunks).toString())]);
        response.writeHead(answer.status).end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    planner = createSqlPlanner(client, `http://localhost:${(server.address() as AddressInfo).port}/`);
  });

  afterEach(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function failure(): Promise<Readonly<Record<string, unknown>>> {
    const error: unknown = await planner.plan(REQUEST, signal).catch((thrown: unknown) => thrown);
    return describeError(error);
  }

  it("is sent SQL, tables and mode, and its plan is returned", async () => {
    answer = { status: 200, body: PLAN };
    expect(await planner.plan(REQUEST, signal)).toEqual({ state: "right", plan: PLAN });
    expect(asked.at(-1)).toEqual(["POST", "/v1/plan", REQUEST]);
  });

  it("says where SQL is wrong", async () => {
    const errors = [{ message: 'no column "x"', line: 1, column: 8, endLine: 1, endColumn: 9, near: "x" }];
    answer = { status: 422, body: { errors } };
    const verdict = await planner.plan(REQUEST, signal);
    expect(verdict).toMatchObject({
      state: "wrong",
      errors: [{ message: 'no column "x"', line: 1, column: 8 }],
    });
  });

  it.each([
    [503, "waiting", /does not answer: answered with HTTP 503/],
    [504, "waiting", /did not finish with this SQL in its time/],
    [400, "waiting", /does not answer: answered with HTTP 400/],
    [413, "terminal", /shorten spec\.sql/],
    [200, "transient", /answered otherwise than agreed .*is it of the operator's release/],
    [422, "transient", /answered otherwise than agreed/],
  ])("that answers HTTP %i gives no verdict: %s", async (status, failureClass, message) => {
    answer = { status, body: {} };
    const error = await failure();
    expect(error["class"]).toBe(failureClass);
    expect(error["message"]).toMatch(message);
  });

  it("that is away gives no verdict", async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await failure()).toMatchObject({ class: "waiting", reason: "PlannerUnavailable" });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
});

describe("an error in SQL", () => {
  it.each([
    [{ message: "it is wrong" }, "it is wrong"],
    [
      { message: "it is wrong", line: 2, column: 8, near: "visitr" },
      'line 2, column 8: it is wrong, near "visitr"',
    ],
    [
      { message: 'no column "visitr"', line: 2, column: 8, suggestion: "visitor" },
      'line 2, column 8: no column "visitr"; did you mean "visitor"?',
    ],
  ])("%j is told with its place", (error, text) => {
    expect(describeSqlError(error)).toBe(text);
  });
});
