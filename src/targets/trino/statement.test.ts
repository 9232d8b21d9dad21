import { describe, expect, it } from "vitest";
import type { JsonAnswer, JsonClient, JsonRequest } from "../http/json-client.ts";
import { quoteIdentifier, runStatement } from "./statement.ts";

const coordinatorUrl = "http://10.0.0.7:8080";

interface Coordinator {
  readonly client: JsonClient;
  /** Those that it got. */
  readonly requests: readonly string[];
}

/** A coordinator that answers with these pages, one a request. */
function coordinator(pages: readonly object[]): Coordinator {
  return answering(pages.map((body) => ({ ok: true, status: 200, body })));
}

function answering(answers: readonly JsonAnswer[]): Coordinator {
  const requests: string[] = [];
  const send = async (url: string, request: JsonRequest): Promise<JsonAnswer> => {
    requests.push(`${request.method ?? "GET"} ${url} ${request.body ?? ""}`.trimEnd());
    return answers[requests.length - 1] ?? { ok: true, status: 200, body: {} };
  };
  return { requests, client: { send } as unknown as JsonClient };
}

function run(client: JsonClient, clock = (): number => 0): Promise<readonly unknown[]> {
  const signal = new AbortController().signal;
  return runStatement("SHOW CATALOGS", {
    client,
    coordinatorUrl,
    signal,
    timeoutMilliseconds: 10_000,
    clock,
  });
}

const next = (token: number): string => `http://trino.example/v1/statement/executing/q/${token}?slug=s`;
const followed = (token: number): string => `${coordinatorUrl}/v1/statement/executing/q/${token}?slug=s`;

describe("a statement", () => {
  it("collects the rows of all pages, at the coordinator that was asked first", async () => {
    const { client, requests } = coordinator([
      { nextUri: next(1) },
      { nextUri: next(2), data: [["lake"]] },
      { data: [["tpch"], ["system"]] },
    ]);
    expect(await run(client)).toEqual([["lake"], ["tpch"], ["system"]]);
    expect(requests).toEqual([
      `POST ${coordinatorUrl}/v1/statement SHOW CATALOGS`,
      `GET ${followed(1)}`,
      `GET ${followed(2)}`,
    ]);
  });

  it("fails with the name and the first line of Trino's error", async () => {
    const error = { errorName: "CATALOG_NOT_FOUND", message: "no catalog\nat io.trino" };
    const { client } = coordinator([{ nextUri: next(1) }, { error }]);
    await expect(run(client)).rejects.toMatchObject({
      code: "QueryFailed",
      message: "CATALOG_NOT_FOUND: no catalog",
    });
  });

  it("is cancelled when it takes too long", async () => {
    const times = [0, 5_000, 10_001];
    const { client, requests } = coordinator([{ nextUri: next(1) }, { nextUri: next(2) }]);
    await expect(run(client, () => times.shift() ?? 0)).rejects.toMatchObject({
      code: "Timeout",
      message: "no result within 10 s",
    });
    expect(requests.at(-1)).toBe(`DELETE ${followed(2)}`);
  });

  it("is cancelled when it has more rows than a probe asks for, and keeps those", async () => {
    const data = Array.from({ length: 6_000 }, (_, index) => [index]);
    const { client, requests } = coordinator([
      { nextUri: next(1), data },
      { nextUri: next(2), data },
    ]);
    expect(await run(client)).toHaveLength(10_000);
    expect(requests.at(-1)).toBe(`DELETE ${followed(2)}`);
  });

  it.each([
    [{ ok: false, status: 0, message: "ECONNREFUSED" }, "Unreachable", "is unreachable: ECONNREFUSED"],
    [{ ok: false, status: 503, message: "answered with HTTP 503" }, "Unexpected", "answered with HTTP 503"],
    [{ ok: true, status: 200, body: "hello" }, "Unexpected", "something other than a page of results"],
  ] as const)("fails when the coordinator answers %j", async (answer, code, message) => {
    const { client } = answering([answer]);
    const failure = run(client);
    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.toThrow(message);
  });
});

it("quotes a text as SQL identifier", () => {
  expect(quoteIdentifier('a "lake"')).toBe('"a ""lake"""');
});
