import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startHealthServer, type HealthServer } from "./http-server.ts";

describe("the health server", () => {
  let server: HealthServer;
  let unhealthy: string[];
  let unready: string[];
  let metrics: () => Promise<string>;

  beforeEach(async () => {
    [unhealthy, unready] = [[], []];
    metrics = async () => "passes_total 3\n";
    server = await startHealthServer(0, {
      unhealthy: () => unhealthy,
      unready: () => unready,
      metrics: async () => metrics(),
      metricsContentType: "text/plain; version=0.0.4",
    });
  });

  afterEach(async () => {
    await server.close();
  });

  async function get(path: string): Promise<{ status: number; text: string; type: string | null }> {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return {
      status: response.status,
      text: await response.text(),
      type: response.headers.get("content-type"),
    };
  }

  it.each(["/healthz", "/readyz", "/readyz?verbose"])(
    "answers %s with 200 while nothing is wrong",
    async (path) => {
      expect(await get(path)).toEqual({ status: 200, text: "ok\n", type: "text/plain" });
    },
  );

  it("tells liveness and readiness apart, and names every problem", async () => {
    unready = ["the caches are not filled", "no lease"];
    expect(await get("/readyz")).toMatchObject({
      status: 503,
      text: "the caches are not filled\nno lease\n",
    });
    expect(await get("/healthz")).toMatchObject({ status: 200 });
    unhealthy = ["the queue stands still"];
    expect(await get("/healthz")).toMatchObject({ status: 503, text: "the queue stands still\n" });
  });

  it("gives the metrics in the format that they are written in", async () => {
    expect(await get("/metrics")).toEqual({
      status: 200,
      text: "passes_total 3\n",
      type: "text/plain; version=0.0.4",
    });
  });

  it("lets a scrape fail when the metrics cannot be had, and goes on", async () => {
    metrics = async () => Promise.reject(new Error("broken"));
    await expect(get("/metrics")).rejects.toThrow();
    expect(await get("/healthz")).toMatchObject({ status: 200 });
  });

  it("knows no other path", async () => {
    expect(await get("/")).toMatchObject({ status: 404 });
  });

  it("rejects when its port is taken", async () => {
    const source = {
      unhealthy: () => [],
      unready: () => [],
      metrics: async () => "",
      metricsContentType: "",
    };
    await expect(startHealthServer(server.port, source)).rejects.toThrow("EADDRINUSE");
  });
});
