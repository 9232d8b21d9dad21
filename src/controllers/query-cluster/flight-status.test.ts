import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { QueryClusterSpec } from "../../crds/kinds.ts";
import type { Secrets } from "../../platform/secrets.ts";
import { readyDeployment, waitingPod } from "../../testing/clickstream-pipeline.ts";
import { clusterWith, healthySurroundings } from "../../testing/query-cluster.ts";
import { secretWith } from "../../testing/systems.ts";
import type { FlightInput } from "./flight-status.ts";
import { flightFields, judgeFlight } from "./flight-status.ts";

const TESTDATA = join(import.meta.dirname, "testdata");
const [CERTIFICATE, KEY, OTHER_KEY] = await Promise.all(
  ["certificate.pem", "certificate-key.pem", "other-key.pem"].map(async (file) =>
    readFile(join(TESTDATA, file), "utf8"),
  ),
);
const TLS = { "tls.crt": CERTIFICATE ?? "", "tls.key": KEY ?? "" };
const FLIGHT: QueryClusterSpec["flight"] = {
  replicas: 2,
  tls: { secretRef: { name: "flight-tls" } },
  users: { secretRef: { name: "flight" } },
  signingKey: { secretRef: { name: "flight" } },
};
const USERS = { users: "# who may connect\nada:lovelace\n", key: "k".repeat(32) };

interface Given {
  readonly flight?: QueryClusterSpec["flight"];
  readonly tls?: Readonly<Record<string, string>>;
  readonly users?: Readonly<Record<string, string>>;
  readonly now?: string;
  readonly rest?: Partial<FlightInput>;
}

function inputOf({
  flight = FLIGHT,
  tls = TLS,
  users = USERS,
  now = "2026-01-01",
  rest = {},
}: Given): FlightInput {
  const flightSecrets: Secrets = new Map([
    ["flight-tls", secretWith(tls)],
    ["flight", secretWith(users)],
  ]);
  return {
    cluster: clusterWith(flight === undefined ? {} : { flight }),
    observed: { ...healthySurroundings(), flightSecrets },
    deployment: readyDeployment("query-flight", 2),
    isCoordinatorReady: true,
    now: new Date(`${now}T00:00:00Z`),
    ...rest,
  };
}

function told(given: Given): string | undefined {
  const [condition] = judgeFlight(inputOf(given));
  return condition && `${condition.status} ${condition.reason}: ${condition.message}`;
}

describe("the condition FlightReady", () => {
  const progressing = {
    ...readyDeployment("query-flight", 2),
    status: { observedGeneration: 1, updatedReplicas: 2 },
  };
  const absent: Secrets = new Map([["flight", secretWith(USERS)]]);
  const unknown: Secrets = new Map([["flight-tls", { state: "unknown", error: new Error("no route") }]]);
  const healthy = healthySurroundings();
  it.each<[string, Given, string]>([
    ["is true when all pods answer", {}, "True Succeeded: 2 of 2 replicas are available"],
    [
      "is false for a Secret that is not there",
      { rest: { observed: { ...healthy, flightSecrets: absent } } },
      'False SecretNotFound: Secret "flight-tls" does not exist',
    ],
    [
      "is false when nobody knows of a Secret",
      { rest: { observed: { ...healthy, flightSecrets: unknown } } },
      "False ApiUnavailable: nobody knows whether the gateway's Secrets are there: no route",
    ],
    [
      "is false for a key that a Secret lacks",
      { users: { key: USERS.key } },
      'False SecretKeyMissing: Secret "flight" has no key "users"',
    ],
    [
      "is false for a certificate that has expired, though the pods run",
      { now: "2026-02-02" },
      'False SecretValueInvalid: the value of key "tls.crt" in Secret "flight-tls" is a certificate that expired at 2026-02-01T00:00:00.000Z; renew it',
    ],
    [
      "is false for a certificate of the future",
      { now: "2024-02-02" },
      'False SecretValueInvalid: the value of key "tls.crt" in Secret "flight-tls" is a certificate that is valid from 2025-01-01T00:00:00.000Z only',
    ],
    [
      "is false for the key of another certificate",
      { tls: { ...TLS, "tls.key": OTHER_KEY ?? "" } },
      'False SecretValueInvalid: the value of key "tls.key" in Secret "flight-tls" is not the key of the certificate; store the two together',
    ],
    [
      "is false for what is no certificate",
      { tls: { ...TLS, "tls.crt": "hunter2" } },
      'False SecretValueInvalid: the value of key "tls.crt" in Secret "flight-tls" is no certificate in PEM form',
    ],
    [
      "is false for what is no key",
      { tls: { ...TLS, "tls.key": "hunter2" } },
      'False SecretValueInvalid: the value of key "tls.key" in Secret "flight-tls" holds no private key in PEM form',
    ],
    [
      "is false for users without one",
      { users: { ...USERS, users: "# nobody\n" } },
      'False SecretValueInvalid: the value of key "users" in Secret "flight" names no user; store a line \'name:password\' for each',
    ],
    [
      "is false for a user without a password, and does not show him",
      { users: { ...USERS, users: "ada:lovelace\nhunter2\n" } },
      'False SecretValueInvalid: the value of key "users" in Secret "flight" has no \'name:password\' in line 2',
    ],
    [
      "is false for a short key",
      { users: { ...USERS, key: "short" } },
      'False SecretValueInvalid: the value of key "key" in Secret "flight" is shorter than 32 bytes; make one with openssl rand',
    ],
    [
      "has the reason why a pod ends",
      {
        rest: {
          deployment: progressing,
          observed: {
            ...inputOf({}).observed,
            pods: { ...healthy.pods, flight: [waitingPod("query-flight-0", "CrashLoopBackOff", "back-off")] },
          },
        },
      },
      'False ContainerFailed: 0 of 2 replicas are available; pod "query-flight-0": CrashLoopBackOff: back-off',
    ],
    [
      "waits for the coordinator",
      { rest: { deployment: progressing, isCoordinatorReady: false } },
      "False TrinoUnreachable: 0 of 2 replicas are available; the gateway answers when Trino does, and the coordinator is not ready",
    ],
    [
      "waits for the pods",
      { rest: { deployment: progressing } },
      "False RolloutInProgress: 0 of 2 replicas are available",
    ],
  ])("%s", (_title, given, want) => {
    expect(told(given)).toBe(want);
  });

  it("is not there without a gateway, nor is the field", () => {
    const input = { ...inputOf({}), cluster: clusterWith() };
    expect(judgeFlight(input)).toEqual([]);
    expect(flightFields(input)).toEqual({});
  });
});

describe("the status of a gateway", () => {
  it("says where it is, how many answer, and when the certificate ends", () => {
    expect(flightFields(inputOf({}))).toEqual({
      flight: {
        endpoint: "grpc+tls://query-flight.quickstart.svc:32010",
        replicas: 2,
        readyReplicas: 2,
        certificateExpires: "2026-02-01T00:00:00.000Z",
      },
    });
  });

  it("says so without TLS too", () => {
    const input = { ...inputOf({ flight: {} }), deployment: undefined };
    expect(flightFields(input)).toEqual({
      flight: { endpoint: "grpc://query-flight.quickstart.svc:32010", replicas: 1, readyReplicas: 0 },
    });
  });
});
