import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findTerminalError, findTransientError, findWaitingError } from "../../runtime/errors.ts";
import { Secret } from "../../platform/secret.ts";
import { createCatalogClient } from "./client.ts";
import type { CatalogClient, CatalogRequest } from "./client.ts";
import type { CatalogCredentials, CatalogSettings } from "../../platform/catalog.ts";

type Answer = (request: IncomingMessage, body: string) => { status: number; body?: unknown };

let server: Server;
let answer: Answer;
let asked: string[];
const clients: CatalogClient[] = [];

beforeEach(async () => {
  asked = [];
  answer = () => ({ status: 200, body: { defaults: { prefix: "suggested" }, overrides: {} } });
  server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await new Promise((resolve) => server.close(resolve));
});

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  asked.push(`${request.method} ${request.url}`);
  const { status, body: answered } = answer(request, body);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(
    answered === undefined ? "" : typeof answered === "string" ? answered : JSON.stringify(answered),
  );
}

function client(changes: Partial<CatalogSettings> = {}): CatalogClient {
  const { port } = server.address() as AddressInfo;
  const uri = `http://127.0.0.1:${port}/iceberg/`;
  const made = createCatalogClient({
    uri,
    warehouse: undefined,
    prefix: undefined,
    credentials: undefined,
    ...changes,
  });
  clients.push(made);
  return made;
}

const LOAD: CatalogRequest = { method: "GET", path: "namespaces/a/tables/b", doing: "loading" };

function config(overrides: string | undefined, defaults: string | undefined): Answer {
  const body = {
    overrides: overrides === undefined ? {} : { prefix: overrides },
    defaults: defaults === undefined ? {} : { prefix: defaults },
  };
  return (request) => ({ status: 200, body: request.url?.includes("/config") === true ? body : {} });
}

describe("which catalog it is", () => {
  const nessie = { "nessie.is-nessie-catalog": "true" };

  it.each<[string, Record<string, string>, string]>([
    ["by server and prefix", { prefix: "one" }, " one"],
    ["of Nessie by the branch, whatever the warehouse", { ...nessie, prefix: "main%7Cwarehouse" }, " main"],
    ["of one without a prefix by the server alone", {}, ""],
  ])("is told %s, the same for each spelling of the address", async (_case, overrides, expected) => {
    answer = () => ({ status: 200, body: { defaults: {}, overrides } });
    const { port } = server.address() as AddressInfo;
    const spellings = [`http://localhost:${port}/iceberg`, `http://127.0.0.1:${port}/iceberg//`];
    for (const uri of spellings)
      expect((await client({ uri }).probe()).identity).toBe(`127.0.0.1:${port}/iceberg${expected}`);
  });
});

function failing(status: number, type?: string): Answer {
  return (request) =>
    request.url?.includes("/config") === true
      ? { status: 200, body: { overrides: {}, defaults: {} } }
      : {
          status,
          body: type === undefined ? "<html>" : { error: { message: "words hunter2", type, code: status } },
        };
}

describe("the prefix of a catalog's addresses", () => {
  it.each<{ title: string; overrides?: string; defaults?: string; prefix?: string; path: string }>([
    {
      title: "what the catalog insists on",
      overrides: "forced",
      defaults: "suggested",
      prefix: "mine",
      path: "v1/forced/",
    },
    { title: "the manifest's", defaults: "suggested", prefix: "mine", path: "v1/mine/" },
    { title: "what the catalog suggests", defaults: "suggested", path: "v1/suggested/" },
    { title: "nothing", path: "v1/" },
  ])("is $title", async ({ overrides, defaults, prefix, path }) => {
    answer = config(overrides, defaults);
    await client({ prefix }).send(LOAD);
    expect(asked).toEqual(["GET /iceberg/v1/config", `GET /iceberg/${path}namespaces/a/tables/b`]);
  });

  it("is asked for with the warehouse, and only once", async () => {
    const catalog = client({ warehouse: "s3://lake/x y" });
    await catalog.send(LOAD);
    await catalog.send(LOAD);
    expect(asked.filter((request) => request.includes("config"))).toEqual([
      "GET /iceberg/v1/config?warehouse=s3%3A%2F%2Flake%2Fx+y",
    ]);
  });
});

describe("an answer of a catalog", () => {
  it.each([
    [404, "NoSuchTableException", "missing"],
    [404, "NoSuchNamespaceException", "missing"],
    [409, "AlreadyExistsException", "exists"],
  ])("%i %s means %s", async (status, type, outcome) => {
    answer = failing(status, type);
    expect(await client().send(LOAD)).toMatchObject({ outcome });
  });

  it.each([
    [401, "NotAuthorizedException", "Unauthorized"],
    [403, "ForbiddenException", "Unauthorized"],
    [404, undefined, "CatalogUnreachable"],
    [409, "CommitFailedException", "NotSettled"],
    [429, undefined, "CatalogUnreachable"],
    [503, "SlowDownException", "CatalogUnreachable"],
  ])("%i %s means waiting: %s", async (status, type, reason) => {
    answer = failing(status, type);
    expect(findWaitingError(await failure(client()))).toMatchObject({ reason });
  });

  it.each([400, 406, 422])("%i means that the manifest asks for something invalid", async (status) => {
    answer = failing(status, "BadRequestException");
    expect(findTerminalError(await failure(client()))).toMatchObject({ reason: "InvalidSpec" });
  });

  it.each([500, 502, 504])(
    "%i is tried again with back-off, since a commit may have happened",
    async (status) => {
      answer = failing(status, "CommitStateUnknownException");
      expect(findTransientError(await failure(client()))).toMatchObject({ reason: "CatalogUnreachable" });
    },
  );

  it("that is no JSON is tried again with back-off", async () => {
    answer = (request) => ({
      status: 200,
      body: request.url?.includes("/config") === true ? { overrides: {} } : "<html>",
    });
    expect(findTransientError(await failure(client()))?.message).toContain("not the Iceberg REST protocol");
  });

  it("never shows the token in a message", async () => {
    answer = failing(500, "ServerError");
    const credentials: CatalogCredentials = { kind: "token", token: new Secret("hunter2") };
    expect((await failure(client({ credentials }))).message).toMatch(/while loading: words \*\*\*$/);
  });
});

describe("a catalog that does not answer", () => {
  it("means waiting", async () => {
    const catalog = client({ uri: "http://127.0.0.1:1" });
    expect(findWaitingError(await failure(catalog))).toMatchObject({
      reason: "CatalogUnreachable",
      message: "the catalog at http://127.0.0.1:1 is unreachable: connect ECONNREFUSED 127.0.0.1:1",
    });
  });

  it("is no failure of the catalog's when the pass itself was stopped", async () => {
    const error = await client()
      .probe(AbortSignal.abort())
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "AbortError" });
  });
});

describe("credentials", () => {
  it("that are a token go with every request", async () => {
    const seen = new Set<string | undefined>();
    answer = (request) => {
      seen.add(request.headers.authorization);
      return { status: 200, body: { overrides: {} } };
    };
    await client({ credentials: { kind: "token", token: new Secret("t0ken") } }).send(LOAD);
    expect([...seen]).toEqual(["Bearer t0ken"]);
  });

  it("of OAuth2 get a token once, and a new one when the catalog refuses it", async () => {
    let issued = 0;
    answer = (request, body) => {
      if (request.url?.endsWith("/oauth/tokens") === true) {
        issued += 1;
        expect(body).toBe("grant_type=client_credentials&client_id=me&client_secret=hunter2&scope=catalog");
        return { status: 200, body: { access_token: `token-${issued}`, expires_in: 3600 } };
      }
      if (request.url?.includes("/config") === true) return { status: 200, body: { overrides: {} } };
      return { status: request.headers.authorization === "Bearer token-1" ? 401 : 200, body: {} };
    };
    const catalog = client({ credentials: oauth() });
    expect(await catalog.send(LOAD)).toMatchObject({ outcome: "done" });
    expect(await catalog.send(LOAD)).toMatchObject({ outcome: "done" });
    expect(issued).toBe(2);
  });

  it("of OAuth2 that are wrong mean waiting, and the secret stays secret", async () => {
    answer = () => ({ status: 401, body: "invalid_client hunter2" });
    const error = await failure(client({ credentials: oauth() }));
    expect(findWaitingError(error)).toMatchObject({ reason: "Unauthorized" });
    expect(error.message).not.toContain("hunter2");
  });
});

function oauth(): CatalogCredentials {
  return {
    kind: "client",
    clientId: new Secret("me"),
    clientSecret: new Secret("hunter2"),
    tokenUri: undefined,
    scope: "catalog",
  };
}

async function failure(catalog: CatalogClient): Promise<Error> {
  try {
    await catalog.demand(LOAD);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("the request did not fail");
}
