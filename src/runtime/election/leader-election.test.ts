import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainConnection } from "../http/connection.ts";
import { LeaderElector } from "./leader-election.ts";
import { createLogger } from "../logger.ts";
import { createMetrics } from "../metrics.ts";
import { createRestClient } from "../http/rest-client.ts";
import type { RestClient } from "../http/rest-client.ts";
import { FakeApiServer } from "../../testing/runtime/fake-api-server.ts";
import { until } from "../../testing/until.ts";

const LEASE = { collection: "coordination.k8s.io/v1/leases", namespace: "system", name: "operator" };
const TIMING = { leaseDuration: 3, renewDeadline: 2, retryPeriod: 0.1 };
/** For tests in which nobody is to lose the lease, however long the machine stands still. */
const PATIENT = { leaseDuration: 60, renewDeadline: 40, retryPeriod: 0.1 };
/** The same where the test waits for renewals. */
const STEADY = { leaseDuration: 9, renewDeadline: 6, retryPeriod: 0.1 };

interface Candidate {
  readonly elector: LeaderElector;
  readonly events: string[];
}

let api: FakeApiServer;
let connection: ReturnType<typeof plainConnection>;
let rest: RestClient;
let candidates: Candidate[];

beforeEach(async () => {
  api = await FakeApiServer.start();
  connection = plainConnection(api.url);
  rest = createRestClient(connection, createMetrics());
  candidates = [];
});

afterEach(async () => {
  api.intercept = () => undefined;
  await Promise.all(candidates.map(({ elector }) => elector.stop()));
  await connection.close();
  await api.stop();
});

function candidate(identity: string, timing = TIMING): Candidate {
  const events: string[] = [];
  const elector = new LeaderElector({
    rest,
    namespace: LEASE.namespace,
    name: LEASE.name,
    identity,
    timing,
    logger: createLogger("silent"),
    onAcquired: () => events.push("acquired"),
    onLost: (reason) => events.push(`lost: ${reason}`),
  });
  elector.start();
  const created = { elector, events };
  candidates.push(created);
  return created;
}

function holder(): unknown {
  const lease = api.store.find(LEASE) as { spec?: { holderIdentity?: string } } | undefined;
  return lease?.spec?.holderIdentity;
}

async function untilLeading(each: Candidate, deadlineMs = 30_000): Promise<void> {
  await until(
    () => each.elector.isLeading,
    () => `holder ${String(holder())}, ${each.events.join()}`,
    deadlineMs,
  );
}

/** Two rounds of a candidate: it has looked at least once since. */
async function untilRequests(count: number): Promise<void> {
  const from = api.requests.length;
  await until(
    () => api.requests.length >= from + count,
    () => `${api.requests.length - from} requests`,
    30_000,
  );
}

describe("LeaderElector", () => {
  it("makes exactly one of two candidates the leader, and keeps it", async () => {
    const [a, b] = [candidate("a", PATIENT), candidate("b", PATIENT)];
    await until(
      () => a.elector.isLeading || b.elector.isLeading,
      () => String(holder()),
    );
    await untilRequests(20);
    expect([a, b].filter(({ elector }) => elector.isLeading).length).toBe(1);
    expect([...a.events, ...b.events]).toEqual(["acquired"]);
  });

  it("hands over within a round when the leader stops", async () => {
    const a = candidate("a", PATIENT);
    await untilLeading(a);
    const b = candidate("b", PATIENT);
    await untilRequests(3);
    expect(b.elector.isLeading).toBe(false);
    await a.elector.stop();
    expect(holder()).toBe("");
    const from = performance.now();
    await untilLeading(b);
    expect(performance.now() - from).toBeLessThan(PATIENT.leaseDuration * 1000 - 100);
    expect(a.events).toEqual(["acquired"]);
  });

  it("takes over from a crashed leader after its lease has been seen unchanged for its whole duration, whatever its clock said", async () => {
    for (const renewTime of ["1999-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z"]) {
      api.store.apply(
        LEASE,
        {
          apiVersion: "coordination.k8s.io/v1",
          kind: "Lease",
          metadata: { name: LEASE.name, namespace: LEASE.namespace },
          spec: { holderIdentity: "crashed", leaseDurationSeconds: 0.6, renewTime },
        },
        undefined,
      );
      const from = performance.now();
      const heir = candidate("heir");
      await untilLeading(heir);
      expect(performance.now() - from).toBeGreaterThan(580);
      await heir.elector.stop();
    }
  });

  it("stops writing before another may begin when the lease cannot be renewed", async () => {
    const a = candidate("a");
    await untilLeading(a);
    api.intercept = (request) => (request.verb === "update" ? { kind: "status", status: 500 } : undefined);
    await until(
      () => a.events.length === 2,
      () => a.events.join(),
    );
    expect(a.events[1]).toMatch(/could not be renewed/);
    expect(a.elector.isLeading).toBe(false);
    expect(holder()).toBe("a");
  });

  it("gives up when its requests hang, too", async () => {
    const a = candidate("a");
    await untilLeading(a);
    api.intercept = () => ({ kind: "hang" });
    await until(
      () => a.events.length === 2,
      () => a.events.join(),
    );
    expect(a.elector.isLeading).toBe(false);
  });

  it("outlives a single failed renewal", async () => {
    const a = candidate("a", STEADY);
    await untilLeading(a);
    let failures = 0;
    api.intercept = (request) => {
      if (request.verb !== "update" || failures >= 2) return undefined;
      failures += 1;
      return failures === 1 ? { kind: "status", status: 500 } : { kind: "reset", after: true };
    };
    await untilRequests(5);
    expect(a.elector.isLeading).toBe(true);
    expect(a.events).toEqual(["acquired"]);
  });

  it("stops at once when somebody else has taken the lease", async () => {
    const a = candidate("a", STEADY);
    await untilLeading(a);
    const lease = api.store.get(LEASE);
    const spec = { ...(lease["spec"] as object), holderIdentity: "thief", leaseDurationSeconds: 60 };
    api.store.apply(LEASE, { ...lease, spec }, undefined);
    await until(
      () => a.events.length === 2,
      () => a.events.join(),
      30_000,
    );
    expect(a.events[1]).toMatch(/took the lease|held by "thief"/);
    expect(holder()).toBe("thief");
  });

  it("makes the lease again when somebody deleted it", async () => {
    const a = candidate("a", STEADY);
    await untilLeading(a);
    api.store.delete(LEASE);
    await until(
      () => holder() === "a",
      () => String(holder()),
      30_000,
    );
    expect(a.events).toEqual(["acquired"]);
  });

  it("waits out the holder of a lease that vanished: it does not know yet, and still writes", async () => {
    const spec = { holderIdentity: "other", leaseDurationSeconds: 1 };
    const metadata = { name: LEASE.name, namespace: LEASE.namespace };
    api.store.apply(
      LEASE,
      { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec },
      undefined,
    );
    const from = performance.now();
    const heir = candidate("heir");
    await untilRequests(2);
    api.store.delete(LEASE);
    await untilLeading(heir);
    expect(performance.now() - from).toBeGreaterThan(980);
  });

  it("is no leader any more by the clock alone, although no timer has run (a process that was stopped and continued)", async () => {
    const a = candidate("a");
    await untilLeading(a);
    const end = performance.now() + TIMING.renewDeadline * 1000 + 50;
    while (performance.now() < end);
    expect(a.elector.isLeading).toBe(false);
  });

  it("does not mistake the lease of its own predecessor in the same Pod for its own", async () => {
    const first = candidate("pod_1");
    await untilLeading(first);
    const second = candidate("pod_2");
    await untilRequests(4);
    expect(second.elector.isLeading).toBe(false);
  });
});
