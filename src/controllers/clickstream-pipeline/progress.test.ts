import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JsonClient } from "../../targets/http/json-client.ts";
import { parseProgress, readProgress } from "./progress.ts";

const ANSWER = {
  state: "RUNNING",
  message: "running",
  batchId: 41,
  inputRowsPerSecond: 12.5,
  processedRowsPerSecond: 0,
  lag: 3,
  offsets: { "0": 17 },
  executorsLost: 1,
  lastExecutorLoss: "executor 2: OOMKilled",
  erased: 4,
  rows: { stored: 15, failed: 1, duplicate: 1, conflict: 1 },
};

describe("the progress of a job", () => {
  it("is taken over, but for what the status does not show", () => {
    expect(parseProgress({ ...ANSWER, uptimeSeconds: 9 })).toEqual({
      state: "RUNNING",
      message: "running",
      batchId: 41,
      inputRowsPerSecond: 12.5,
      processedRowsPerSecond: 0,
      lag: 3,
      conflicts: 1,
      executorsLost: 1,
      lastExecutorLoss: "executor 2: OOMKilled",
      erased: 4,
    });
  });

  it.each([
    [{ problem: null, lag: 0, changed: 9 }, { lag: 0 }],
    [{ problem: "HBase is away", lag: null, changed: 0 }, { problem: "HBase is away" }],
  ])("tells of profiles %j", (answered, profiles) => {
    expect(parseProgress({ ...ANSWER, profiles: answered })).toMatchObject({ profiles });
  });

  it("tells of no profiles where the job keeps none", () => {
    expect(parseProgress({ ...ANSWER, profiles: null })).not.toHaveProperty("profiles");
  });

  it("tells no conflicts of a job that is too old to count them", () => {
    const progress = parseProgress({ ...ANSWER, rows: { stored: 15, failed: 1, duplicate: 1 } });
    expect(progress).toMatchObject({ state: "RUNNING" });
    expect(progress).not.toHaveProperty("conflicts");
  });

  it("has neither batch nor lag before the first batch", () => {
    const first = { ...ANSWER, state: "STARTING", message: "starting", batchId: null, lag: null };
    expect(parseProgress({ ...first, inputRowsPerSecond: 0, offsets: {} })).toEqual({
      state: "STARTING",
      message: "starting",
      inputRowsPerSecond: 0,
      processedRowsPerSecond: 0,
      conflicts: 1,
      executorsLost: 1,
      lastExecutorLoss: "executor 2: OOMKilled",
      erased: 4,
    });
  });

  it.each([undefined, null, "text", []])("is unknown when the answer is %j", (body) => {
    expect(parseProgress(body)).toEqual({
      state: "unknown",
      message: expect.stringMatching(/^the driver's answer is not as agreed: the answer: /) as string,
    });
  });

  it.each([
    ["a state that nobody knows", { state: "DANCING" }, "state"],
    ["no state", { state: undefined }, "state"],
    ["a rate that is no number", { processedRowsPerSecond: "NaN" }, "processedRowsPerSecond"],
    ["a field under another name", { rows: { events: 1, failed: 0, duplicate: 0 } }, "rows.stored"],
    ["a lag below nothing", { lag: -1 }, "lag"],
  ])("is unknown, and the message names the field, with %s", (_, change, field) => {
    const progress = parseProgress({ ...ANSWER, ...change });
    expect(progress).toMatchObject({ state: "unknown" });
    expect(progress.message).toContain(`: ${field}: `);
  });
});

describe("asking a driver", () => {
  const client = new JsonClient();
  const { signal } = new AbortController();

  it("is not an error when there is none", async () => {
    expect(await readProgress(client, undefined, signal)).toEqual({
      state: "unknown",
      message: "the driver has no address yet",
    });
  });

  it("is not an error when it cannot be reached, and the message holds nothing that changes", async () => {
    expect(await readProgress(client, "127.255.255.254", signal)).toEqual({
      state: "unknown",
      message: "ECONNREFUSED",
    });
  });
});

describe("a request for JSON", () => {
  const client = new JsonClient();
  const { signal } = new AbortController();
  const server = createServer((request, response) => {
    if (request.url === "/slow") return;
    response.writeHead(request.url === "/broken" ? 500 : 200);
    response.end(request.url === "/text" ? "hello" : '{"a":1}');
  });
  let url = "";

  beforeEach(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ["/", { ok: true, status: 200, body: { a: 1 } }],
    ["/broken", { ok: false, status: 500, message: "answered with HTTP 500", body: { a: 1 } }],
    ["/text", { ok: false, status: 200, message: "answered with something other than JSON" }],
    ["/slow", { ok: false, status: 0, message: "no answer in time" }],
  ])("to %s gives an answer and no exception", async (path, answer) => {
    expect(await client.send(url + path, { signal, timeoutMilliseconds: 300 })).toEqual(answer);
  });

  it("ends with the pass", async () => {
    const pass = new AbortController();
    const asked = client.send(`${url}/slow`, { signal: pass.signal });
    pass.abort(new Error("the pass is over"));
    await expect(asked).rejects.toThrow("the pass is over");
  });
});
