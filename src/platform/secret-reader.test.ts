import { describe, expect, it } from "vitest";
import { DEFAULT_RETRY_AFTER_SECONDS } from "../runtime/errors.ts";
import type { SecretObject } from "./secret-reader.ts";
import { HOLD_SECONDS, SecretReader } from "./secret-reader.ts";

const REFERRER = { metadata: { namespace: "shop", name: "main", uid: "u", generation: 1 } };

/** An API server with one Secret in each namespace, and a clock. */
class Server {
  password: string | undefined = "hunter2";
  resourceVersion = "7";
  key = "a key";
  error: Error | undefined;
  requests = 0;
  now = 0;
  readonly hidden = new Set<string>();
  readonly reader = new SecretReader({
    get: async (key) => {
      this.requests += 1;
      await Promise.resolve();
      if (this.error !== undefined) throw this.error;
      return this.password === undefined
        ? undefined
        : secretOf(key.name, this.password, this.resourceVersion);
    },
    editionKey: async () => Buffer.from(this.key),
    now: () => this.now,
  });
  readonly pass = {
    hide: (values: Iterable<string>): void => {
      for (const value of values) this.hidden.add(value);
    },
  };

  async read(referrer: typeof REFERRER = REFERRER): Promise<string | undefined> {
    const read = (await this.reader.read(referrer, ["login"], this.pass)).get("login");
    return read?.state === "present" ? read.values.get("password")?.reveal() : read?.state;
  }
}

function secretOf(name: string, password: string, resourceVersion: string): SecretObject {
  const metadata = { namespace: "shop", name, uid: "s", resourceVersion };
  const data = { password: Buffer.from(password).toString("base64") };
  return { apiVersion: "v1", kind: "Secret", metadata, data };
}

describe("Secrets that are read", () => {
  it("are asked for once by 10,000 passes at the same time, and once more by as many after the hold", async () => {
    const server = new Server();
    const all = async (): Promise<Set<string | undefined>> =>
      new Set(await Promise.all(Array.from({ length: 10_000 }, () => server.read())));
    expect(await all()).toEqual(new Set(["hunter2"]));
    expect(server.requests).toBe(1);
    server.now += HOLD_SECONDS * 1000;
    server.password = "hunter3";
    expect(await all()).toEqual(new Set(["hunter3"]));
    expect(server.requests).toBe(2);
  });

  it("are held no longer than a refused pass waits: it comes back with what they are then", async () => {
    expect(HOLD_SECONDS).toBeLessThanOrEqual(DEFAULT_RETRY_AFTER_SECONDS);
    const server = new Server();
    await server.read();
    server.password = "hunter3";
    server.now += DEFAULT_RETRY_AFTER_SECONDS * 1000 - 1;
    expect(await server.read()).toBe("hunter2");
    server.now += 1;
    expect(await server.read()).toBe("hunter3");
  });

  it("are read anew at once for a changed spec, for a namesake made since, and after a refusal", async () => {
    const server = new Server();
    await server.read();
    await server.read({ metadata: { ...REFERRER.metadata, generation: 2 } });
    expect(server.requests).toBe(2);
    await server.read({ metadata: { ...REFERRER.metadata, uid: "another" } });
    expect(server.requests).toBe(3);
    server.reader.forget(REFERRER);
    await server.read();
    expect(server.requests).toBe(4);
  });

  it("are asked for again soon when one is not there", async () => {
    const server = new Server();
    server.password = undefined;
    expect(await server.read()).toBe("absent");
    server.password = "hunter2";
    expect(await server.read()).toBe("absent");
    server.now += 2000;
    expect(await server.read()).toBe("hunter2");
    expect(server.requests).toBe(2);
  });

  it("are unknown, never absent, while the API server does not answer", async () => {
    const server = new Server();
    server.error = new Error("no answer");
    expect(await server.read()).toBe("unknown");
    server.error = undefined;
    server.now += 2000;
    expect(await server.read()).toBe("hunter2");
  });

  it("are hidden in every pass that has them, also in one that did not ask itself", async () => {
    const server = new Server();
    await server.read();
    server.hidden.clear();
    await server.read();
    expect(server.requests).toBe(1);
    expect([...server.hidden]).toEqual(["hunter2"]);
  });

  async function edition(server: Server): Promise<string | undefined> {
    server.now += HOLD_SECONDS * 1000;
    const read = (await server.reader.read(REFERRER, ["login"], server.pass)).get("login");
    return read?.state === "present" ? read.editions.get("password") : undefined;
  }

  it("have an edition that changes with the value and with nothing else", async () => {
    const server = new Server();
    const first = await edition(server);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    server.resourceVersion = "8";
    expect(await edition(server)).toBe(first);
    server.password = "hunter3";
    expect(await edition(server)).not.toBe(first);
    server.password = "hunter2";
    expect(await edition(server)).toBe(first);
  });

  it("have an edition by which nobody can try values who has not the operator's key", async () => {
    const [one, other] = [new Server(), new Server()];
    other.key = "another key";
    expect(await edition(one)).not.toBe(await edition(other));
  });
});
