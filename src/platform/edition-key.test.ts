import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainConnection } from "../runtime/http/connection.ts";
import { FakeApiServer } from "../testing/runtime/fake-api-server.ts";
import { createMetrics } from "../runtime/metrics.ts";
import { createRestClient } from "../runtime/http/rest-client.ts";
import type { RestClient } from "../runtime/http/rest-client.ts";
import { editionKeyIn } from "./edition-key.ts";

let api: FakeApiServer;
let rest: RestClient;

beforeEach(async () => {
  api = await FakeApiServer.start();
  rest = createRestClient(plainConnection(api.url), createMetrics());
});
afterEach(async () => {
  await api.stop();
});

describe("the key of the editions of Secrets", () => {
  it("is made once, and the same for every process after", async () => {
    const first = await editionKeyIn("system", rest)();
    expect(first).toHaveLength(32);
    expect(await editionKeyIn("system", rest)()).toEqual(first);
    expect(api.writes).toHaveLength(1);
  });

  it("is asked for again after it could not be read", async () => {
    api.intercept = () => ({ kind: "status", status: 500 });
    const key = editionKeyIn("system", rest);
    await expect(key()).rejects.toThrow("500");
    api.intercept = () => undefined;
    expect(await key()).toHaveLength(32);
  });
});
