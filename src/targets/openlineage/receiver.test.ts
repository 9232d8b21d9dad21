import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../platform/secret.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { describeError } from "../../testing/systems.ts";
import type { LineageEvent } from "./event.ts";
import type { LineageReceiver } from "./receiver.ts";
import { createLineageReceiver } from "./receiver.ts";

const { signal } = new AbortController();
const permit: WritePermit = { signal, assertMayWrite: () => undefined };
const EVENT: LineageEvent = { eventTime: "2026-01-01T00:00:00Z", schemaURL: "https://openlineage.io/spec" };

let http: Server;
let url: string;
let receiver: LineageReceiver;
let time: number;
let status: number;
let said: string;
/** Method, path, authorization and body of every request. */
let asked: string[];

beforeEach(async () => {
  [asked, time, status, said] = [[], 0, 201, ""];
  http = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? "-"} ${body}`);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(said);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/base/api/v1/lineage`;
  receiver = connect();
});

afterEach(async () => {
  await receiver.close();
  await stopServer();
});

function connect(token = "hunter2"): LineageReceiver {
  return createLineageReceiver({ url, token: new Secret(token) }, () => time);
}

async function stopServer(): Promise<void> {
  if (!http.listening) return;
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
}

async function problem(): Promise<unknown> {
  const delivery = await receiver.send(EVENT, permit);
  return delivery.outcome === "away" ? describeError(delivery.error) : delivery;
}

describe("an event", () => {
  it.each([
    [200, '"OK"'],
    [201, ""],
    [202, "not JSON"],
  ])("is taken by an answer %s, whatever it says", async (code, text) => {
    [status, said] = [code, text];
    expect(await receiver.send(EVENT, permit)).toEqual({ outcome: "taken" });
    expect(asked).toEqual([`POST /base/api/v1/lineage Bearer hunter2 ${JSON.stringify(EVENT)}`]);
  });

  it("is sent without a token where the platform names none", async () => {
    const open = createLineageReceiver({ url });
    await open.send(EVENT, permit);
    await open.close();
    expect(asked[0]).toContain("/lineage - {");
  });

  it.each([400, 413, 422])(
    "that the receiver refuses with %s is not sent again, and no secret is told",
    async (code) => {
      [status, said] = [code, JSON.stringify({ message: "no field hunter2" })];
      const delivery = await receiver.send(EVENT, permit);
      expect(delivery).toMatchObject({
        outcome: "refused",
        message: expect.stringMatching(new RegExp(`at ${url} answered ${code}: .*no field`)) as string,
      });
      expect(JSON.stringify(delivery)).not.toContain("hunter2");
    },
  );

  it("that the receiver will not take from this token is sent again, once that is right", async () => {
    status = 401;
    expect(await problem()).toMatchObject({
      class: "waiting",
      reason: "Unauthorized",
      message: expect.stringContaining("correct the Secret that spec.lineage.credentialsSecretRef") as string,
    });
  });

  it("that goes to a path which takes none is sent again, once that is right", async () => {
    status = 405;
    expect(await problem()).toMatchObject({
      reason: "LineageUnreachable",
      message: `the receiver of lineage at ${url} answered 405; spec.lineage.uri and endpoint of the DataPlatform must be where it takes events`,
    });
  });

  it.each([429, 500, 503])("is sent again after an answer %s", async (code) => {
    status = code;
    expect(await problem()).toMatchObject({ class: "waiting", reason: "LineageUnreachable" });
  });

  it("is not sent by who may not write any more", async () => {
    const assertMayWrite = (): never => {
      throw new Error("not leading");
    };
    await expect(receiver.send(EVENT, { signal, assertMayWrite })).rejects.toThrow("not leading");
    expect(asked).toEqual([]);
  });
});

describe("a receiver that is away", () => {
  it("is left alone for half a minute, and then asked again", async () => {
    await stopServer();
    expect(await problem()).toMatchObject({
      reason: "LineageUnreachable",
      message: `the receiver of lineage at ${url} is unreachable: ECONNREFUSED`,
    });
    await new Promise<void>((resolve) => http.listen(Number(new URL(url).port), "127.0.0.1", resolve));
    time = 29_999;
    expect(await problem()).toMatchObject({ message: expect.stringContaining("ECONNREFUSED") as string });
    expect(asked).toEqual([]);
    time = 30_000;
    expect(await receiver.send(EVENT, permit)).toEqual({ outcome: "taken" });
  });

  it("is asked at once when a probe finds it back", async () => {
    status = 503;
    await receiver.send(EVENT, permit);
    status = 200;
    await receiver.probe(signal);
    expect(await receiver.send(EVENT, permit)).toEqual({ outcome: "taken" });
  });
});

describe("a probe", () => {
  it.each([200, 400, 404, 405])("finds the receiver there by an answer %s", async (code) => {
    status = code;
    await expect(receiver.probe(signal)).resolves.toBeUndefined();
    expect(asked).toEqual(["GET /base/api/v1/lineage Bearer hunter2 "]);
  });

  it.each([
    [401, "Unauthorized"],
    [403, "Unauthorized"],
    [502, "LineageUnreachable"],
  ])("fails after an answer %s", async (code, reason) => {
    status = code;
    const error: unknown = await receiver.probe(signal).catch((thrown: unknown) => thrown);
    expect(describeError(error)).toMatchObject({ class: "waiting", reason });
  });
});
