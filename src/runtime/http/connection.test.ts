import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectionOf } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { createMetrics } from "../metrics.ts";
import { createRestClient } from "./rest-client.ts";

let folder: string;
let connection: Connection;
let server: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openclickstream-connection-"));
});

afterEach(async () => {
  vi.useRealTimers();
  await connection.close();
  await rm(folder, { recursive: true });
});

function configFor(address: string, user: object): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: "c", server: address, skipTLSVerify: true, caFile: join(folder, "ca.crt") }],
    users: [{ name: "u", ...user }],
    contexts: [{ name: "x", cluster: "c", user: "u" }],
    currentContext: "x",
  });
  return config;
}

describe("connectionOf", () => {
  it("reads a rotated token within a minute", async () => {
    const tokenFile = join(folder, "token");
    await writeFile(join(folder, "ca.crt"), "ca");
    await writeFile(tokenFile, "first\n");
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    connection = connectionOf(
      configFor("https://c", { authProvider: { name: "tokenFile", config: { tokenFile } } }),
    );
    expect((await connection.credentials()).headers).toEqual({ Authorization: "Bearer first" });
    await writeFile(tokenFile, "second\n");
    vi.advanceTimersByTime(61_000);
    expect((await connection.credentials()).headers).toEqual({ Authorization: "Bearer second" });
  });

  it("keeps its sockets while certificates stay and takes new ones when they change", async () => {
    await writeFile(join(folder, "ca.crt"), "ca one");
    connection = connectionOf(configFor("https://c", { token: "t" }));
    const { dispatcher } = await connection.credentials();
    expect((await connection.credentials({ refresh: true })).dispatcher).toBe(dispatcher);
    await writeFile(join(folder, "ca.crt"), "ca two");
    expect((await connection.credentials({ refresh: true })).dispatcher).not.toBe(dispatcher);
  });

  it("does not remember that credentials could not be read", async () => {
    connection = connectionOf(configFor("https://c", { token: "t" }));
    await expect(connection.credentials()).rejects.toThrow(/ca\.crt/);
    await writeFile(join(folder, "ca.crt"), "ca");
    await expect(connection.credentials()).resolves.toBeDefined();
  });

  it("asks again once, with fresh credentials, when the server refuses the old", async () => {
    await writeFile(join(folder, "ca.crt"), "ca");
    const tokens: (string | undefined)[] = [];
    server = createServer((request, response) => {
      tokens.push(request.headers.authorization);
      const isGood = request.headers.authorization === "Bearer good";
      response.writeHead(isGood ? 200 : 401, { "content-type": "application/json" });
      response.end(isGood ? '{"ok":true}' : "{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const user = { name: "u", token: "old" };
    const config = configFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, user);
    connection = connectionOf(config);
    await connection.credentials();
    config.users = [{ ...user, token: "good" }];
    const rest = createRestClient(connection, createMetrics());
    expect(await rest.json({ verb: "get", path: "/api" })).toEqual({ ok: true });
    expect(tokens).toEqual(["Bearer old", "Bearer good"]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
