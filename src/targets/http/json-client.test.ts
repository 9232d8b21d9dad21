import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JsonClient, urlHost } from "./json-client.ts";

describe("a JSON client", () => {
  const signal = new AbortController().signal;
  let client: JsonClient;
  let server: Server;
  let url: string;
  let respond: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    client = new JsonClient();
    server = createServer((request, response) => {
      respond(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`;
  });

  afterEach(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("returns what an answer holds", async () => {
    respond = (_, response) => response.end('{"state":"running"}');
    expect(await client.send(url, { signal })).toEqual({ ok: true, status: 200, body: { state: "running" } });
  });

  it("sends method, headers and body", async () => {
    let seen: unknown;
    respond = (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        seen = { method: request.method, user: request.headers["x-user"], body };
        response.writeHead(204).end();
      });
    };
    const options = { method: "POST", headers: { "x-user": "a" }, body: "SELECT 1", signal } as const;
    expect(await client.send(url, options)).toEqual({ ok: true, status: 204, body: undefined });
    expect(seen).toEqual({ method: "POST", user: "a", body: "SELECT 1" });
  });

  it.each([
    [503, '{"error":"busy"}', "answered with HTTP 503", { body: { error: "busy" } }],
    [302, "", "answered with HTTP 302", {}],
    [200, "<html>", "answered with something other than JSON", {}],
  ])("takes HTTP %i with the body %j for a failure", async (...[status, body, message, told]) => {
    respond = (_, response) => response.writeHead(status).end(body);
    expect(await client.send(url, { signal })).toEqual({ ok: false, status, message, ...told });
  });

  it("says that there was no answer in time", async () => {
    respond = () => undefined;
    const answer = await client.send(url, { signal, timeoutMilliseconds: 50 });
    expect(answer).toEqual({ ok: false, status: 0, message: "no answer in time" });
  });

  it("reads no endless answer", async () => {
    respond = (_, response) => response.end(`"${"x".repeat(1024 * 1024)}"`);
    expect(await client.send(url, { signal })).toMatchObject({ ok: false, status: 0 });
  });

  it("names the kind of failure without the address, which changes with each start", async () => {
    await new Promise((resolve) => server.close(resolve));
    const answer = await client.send(url, { signal });
    expect(answer).toEqual({ ok: false, status: 0, message: "ECONNREFUSED" });
  });

  it("throws when it is told to give up", async () => {
    const abort = new AbortController();
    respond = () => {
      abort.abort(new Error("the pass was cut"));
    };
    await expect(client.send(url, { signal: abort.signal })).rejects.toThrow("the pass was cut");
  });
});

it("an IPv6 address stands in brackets in a URL", () => {
  expect([urlHost("10.0.0.1"), urlHost("fd00::1")]).toEqual(["10.0.0.1", "[fd00::1]"]);
});
