import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { TRINO_PORT } from "../../../targets/trino/server.ts";
import { renderDrainScript } from "./scripts.ts";

/** Runs the stop script of a coordinator whose list of queries has these states, one list an answer, the last for ever; says how often it was asked. */
async function drain(lists: readonly (readonly string[])[], drainSeconds: number): Promise<number> {
  let asked = 0;
  const server = createServer((_request, response) => {
    const states = lists[Math.min(asked, lists.length - 1)] ?? [];
    asked += 1;
    response.end(JSON.stringify(states.map((state) => ({ queryId: "q", state, query: "SELECT 1" }))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const script = renderDrainScript({ leaveSeconds: 0, drainSeconds }).replace(`/${TRINO_PORT}`, `/${port}`);
  await promisify(execFile)("bash", ["-c", script]);
  await new Promise((resolve) => server.close(resolve));
  return asked;
}

describe("a coordinator that is to stop", () => {
  it("goes at once when it has no query that is unfinished", async () => {
    expect(await drain([["FINISHED", "FAILED"]], 30)).toBe(1);
  });

  it("waits for what it runs, also for what is only queued or not yet fetched", async () => {
    expect(await drain([["FINISHED", "RUNNING"], ["QUEUED"], ["FINISHING"], ["FINISHED"]], 30)).toBe(4);
  });

  it("waits no longer than the drain time", async () => {
    expect(await drain([["RUNNING"]], 1)).toBeLessThanOrEqual(2);
  });
});
