import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../platform/secret.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { describeError } from "../../testing/systems.ts";
import { AirflowClient } from "./client.ts";
import type { AirflowServer } from "./server.ts";
import { createAirflowServer } from "./server.ts";

type Answer = (request: IncomingMessage, body: string) => { status: number; body?: unknown };

const { signal } = new AbortController();
const permit: WritePermit = { signal, assertMayWrite: () => undefined };
const RUN = { dag_run_id: "r1", state: "running", run_type: "manual", logical_date: "2026-01-02T00:00:00Z" };
const HEALTHY = Object.fromEntries(
  ["metadatabase", "scheduler", "dag_processor", "triggerer"].map((name) => [name, { status: "healthy" }]),
);

let http: Server;
let uri: string;
let airflow: AirflowServer;
let answer: Answer;
/** Method, path and query of every request but for tokens, as far as they were authorized. */
let asked: string[];
let tokens: number;

beforeEach(async () => {
  [asked, tokens] = [[], 0];
  http = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  uri = `http://127.0.0.1:${(http.address() as AddressInfo).port}/base`;
  airflow = connect();
});

afterEach(async () => {
  await airflow.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

function connect(password = "hunter2"): AirflowServer {
  const credentials = { username: new Secret("operator"), password: new Secret(password) };
  return createAirflowServer(
    new AirflowClient({ uri: `${uri}/`, ...credentials, bundlePrefix: "airflow/dags" }),
  );
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { status, body: answered } = respondTo(request, body);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof answered === "string" ? answered : JSON.stringify(answered));
}

function respondTo(request: IncomingMessage, body: string): ReturnType<Answer> {
  if (request.url !== "/base/auth/token") {
    asked.push(`${request.method} ${request.url}`);
    return answer(request, body);
  }
  const { username, password } = JSON.parse(body) as Record<string, string>;
  if (username !== "operator" || password !== "hunter2")
    return { status: 401, body: { detail: `Invalid credentials ${password}` } };
  tokens += 1;
  return { status: 201, body: { access_token: `token-${tokens}` } };
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return describeError(
    await work.then(
      () => new Error("it did not fail"),
      (error: unknown) => error,
    ),
  );
}

describe("a token", () => {
  it("is asked for once and sent with every request", async () => {
    const seen = new Set<string | undefined>();
    answer = (request) => {
      seen.add(request.headers.authorization);
      return { status: 200, body: { dag_runs: [] } };
    };
    await airflow.listRuns("shop.a", { limit: 5, signal });
    await airflow.listRuns("shop.a", { limit: 5, signal });
    expect([tokens, ...seen]).toEqual([1, "Bearer token-1"]);
  });

  it("is renewed when Airflow refuses it, and the request sent again", async () => {
    answer = (request) =>
      request.headers.authorization === "Bearer token-1"
        ? { status: 401, body: { detail: "Token Expired" } }
        : { status: 200, body: { dag_runs: [] } };
    expect(await airflow.listRuns("shop.a", { limit: 5, signal })).toEqual([]);
    expect(tokens).toBe(2);
  });

  it("that is refused again and again means waiting", async () => {
    answer = () => ({ status: 401, body: { detail: "Token Expired" } });
    expect(await failure(airflow.readDag("shop.a", signal))).toMatchObject({
      class: "waiting",
      reason: "Unauthorized",
    });
    expect(tokens).toBe(2);
  });

  it("is not given for a wrong password, which no message shows", async () => {
    const wrong = connect("wr0ng");
    expect(await failure(wrong.readDag("shop.a", signal))).toEqual({
      class: "waiting",
      reason: "Unauthorized",
      message:
        `Airflow at ${uri}/ answered 401 while asking for a token: Invalid credentials ***; ` +
        "correct the Secret that spec.airflow.credentialsSecretRef of the DataPlatform names",
    });
    await wrong.close();
  });
});

describe("a probe", () => {
  const all: Answer = (request) => {
    if (request.url?.endsWith("/monitor/health") === true) return { status: 200, body: HEALTHY };
    return { status: 200, body: { version: "3.3.2", dags: [] } };
  };

  it("tells version and server when all processes are healthy and the user may read", async () => {
    answer = all;
    expect(await airflow.probe(signal)).toEqual({ version: "3.3.2", identity: new URL(uri).host + "/base" });
    expect(asked.toSorted()).toEqual([
      "GET /base/api/v2/dags?limit=1",
      "GET /base/api/v2/monitor/health",
      "GET /base/api/v2/version",
    ]);
  });

  it.each([
    ["an unhealthy one", { scheduler: { status: "unhealthy" } }, "scheduler"],
    ["one that never ran", { triggerer: { status: null } }, "triggerer"],
    [
      "several",
      { dag_processor: {}, metadatabase: { status: "unhealthy" } },
      "metadata database, dag-processor",
    ],
  ])("names %s among the processes", async (_case, changes, names) => {
    answer = () => ({ status: 200, body: { ...HEALTHY, ...changes } });
    expect(await failure(airflow.probe(signal))).toMatchObject({
      class: "waiting",
      reason: "AirflowUnhealthy",
      message: expect.stringContaining(`not healthy: ${names};`) as string,
    });
  });

  it("fails for a user who may not read DAGs", async () => {
    answer = (request) =>
      request.url?.includes("/dags") === true
        ? { status: 403, body: { detail: "Forbidden" } }
        : all(request, "");
    expect(await failure(airflow.probe(signal))).toMatchObject({
      reason: "Unauthorized",
      message: expect.stringContaining("a role that may edit, trigger and delete DAGs") as string,
    });
  });

  it.each([404, 405])("says that the address leads elsewhere: %i", async (status) => {
    answer = () => ({ status, body: "<html>" });
    expect(await failure(airflow.probe(signal))).toMatchObject({
      class: "waiting",
      reason: "AirflowUnreachable",
      message: expect.stringContaining("without /api/v2") as string,
    });
  });
});

describe("a DAG", () => {
  it("is read by its id", async () => {
    answer = () => ({
      status: 200,
      body: {
        ...{ dag_id: "shop.a", is_paused: false, is_stale: false, has_import_errors: true },
        ...{
          relative_fileloc: "shop/a.py",
          last_parsed_time: "2026-01-01T00:00:00Z",
          next_dagrun_run_after: null,
          next_dagrun_data_interval_start: "2026-01-02T00:00:00Z",
          owners: ["shop/a"],
          tags: [{ name: "openclickstream", dag_id: "shop.a" }],
        },
      },
    });
    expect(await airflow.readDag("shop.a", signal)).toEqual({
      ...{ id: "shop.a", isPaused: false, isStale: false, hasImportErrors: true, file: "shop/a.py" },
      ...{ lastParsedAt: "2026-01-01T00:00:00Z", nextRunAfter: undefined },
      ...{ nextPeriodFrom: "2026-01-02T00:00:00Z", owners: ["shop/a"], tags: ["openclickstream"] },
    });
    expect(asked).toEqual(["GET /base/api/v2/dags/shop.a"]);
  });

  it("is absent only when Airflow names it as missing", async () => {
    answer = () => ({ status: 404, body: { detail: "The Dag with ID: `shop.a` was not found" } });
    expect(await airflow.readDag("shop.a", signal)).toBeUndefined();
    answer = () => ({ status: 404, body: { detail: "Not Found" } });
    expect(await failure(airflow.readDag("shop.a", signal))).toMatchObject({ reason: "AirflowUnreachable" });
  });

  it("of another form is an error that says so", async () => {
    answer = () => ({ status: 200, body: { dag_id: "shop.a" } });
    expect(await failure(airflow.readDag("shop.a", signal))).toEqual({
      class: "transient",
      reason: "AirflowUnreachable",
      message: `Airflow at ${uri}/ answered something that is not its REST API v2 while reading DAG shop.a`,
    });
  });

  it("that is gone counts as deleted", async () => {
    answer = () => ({ status: 404, body: { detail: "The Dag with ID: `shop.a` was not found" } });
    expect(await airflow.deleteDag("shop.a", permit)).toBe(false);
    answer = () => ({ status: 204, body: "" });
    expect(await airflow.deleteDag("shop.a", permit)).toBe(true);
  });

  it("that is running is deleted later", async () => {
    answer = () => ({
      status: 409,
      body: { detail: "Task instances of dag with id: 'shop.a' are still running" },
    });
    expect(await failure(airflow.deleteDag("shop.a", permit))).toMatchObject({
      class: "waiting",
      message: "Airflow does not delete DAG shop.a while a task of it is running",
    });
  });
});

describe("a run", () => {
  const request = { runId: "r1", logicalDate: "2026-01-02T00:00:00Z" };

  it("is triggered with its id and a logical date", async () => {
    let sent: unknown;
    answer = (_request, body) => {
      sent = JSON.parse(body);
      return { status: 200, body: RUN };
    };
    expect(await airflow.triggerRun("shop.a", request, permit)).toMatchObject({ id: "r1", state: "running" });
    expect(sent).toEqual({ dag_run_id: "r1", logical_date: "2026-01-02T00:00:00Z", conf: {} });
  });

  it("that is there already is returned as it is", async () => {
    answer = ({ method }) =>
      method === "POST"
        ? { status: 409, body: { detail: "DAGRun with run_id r1 already exists" } }
        : { status: 200, body: { ...RUN, state: "success" } };
    expect(await airflow.triggerRun("shop.a", request, permit)).toMatchObject({ state: "success" });
  });

  it("whose logical date another run has is refused", async () => {
    answer = ({ method }) =>
      method === "POST"
        ? { status: 409, body: { detail: "logical_date is taken" } }
        : { status: 404, body: { detail: "The DagRun with run_id r1 was not found" } };
    expect(await failure(airflow.triggerRun("shop.a", request, permit))).toEqual({
      class: "terminal",
      reason: "ResourceConflict",
      message: "another run of DAG shop.a has the logical date 2026-01-02T00:00:00Z; take another one",
    });
  });

  it("is not sent once this replica may write no more", async () => {
    answer = () => ({ status: 200, body: RUN });
    const ended = {
      signal,
      assertMayWrite: () => {
        throw new Error("another replica leads");
      },
    };
    await expect(airflow.triggerRun("shop.a", request, ended)).rejects.toThrow("another replica leads");
    expect(asked).toEqual([]);
  });

  it("in a state that nobody knows is unknown", async () => {
    answer = () => ({ status: 200, body: { ...RUN, state: "deferred" } });
    expect(await airflow.readRun("shop.a", "r 1+", signal)).toMatchObject({ state: "unknown" });
    expect(asked).toEqual(["GET /base/api/v2/dags/shop.a/dagRuns/r%201%2B"]);
  });
});

describe("runs that ended", () => {
  it("are read page by page, the oldest end first, as far as is asked for", async () => {
    answer = ({ url = "" }) => {
      const offset = Number(new URL(url, "http://airflow").searchParams.get("offset"));
      const runs = Array.from({ length: 100 }, (_, nth) => ({ ...RUN, dag_run_id: `r${offset + nth}` }));
      return { status: 200, body: { dag_runs: runs, total_entries: 1000 } };
    };
    const since = "2026-01-01T00:00:00Z";
    const found = await airflow.listEndedRuns("shop.a", { since, limit: 250, signal });
    expect(found.map(({ id }) => id).slice(-1)).toEqual(["r249"]);
    expect(found).toHaveLength(250);
    expect(asked).toHaveLength(3);
    expect(asked[1]).toBe(
      "GET /base/api/v2/dags/shop.a/dagRuns?end_date_gte=2026-01-01T00%3A00%3A00Z&order_by=end_date&limit=100&offset=100",
    );
  });
});

describe("what a failed run left", () => {
  it("is read from its task, and nothing where there is none", async () => {
    const value = JSON.stringify({
      error: "Pod x returned a failure.",
      status: { phase: "Failed", podIP: "10.0.0.1" },
    });
    answer = () => ({ status: 200, body: { key: "failure", value } });
    expect(await airflow.readFailure("shop.a", "r1", signal)).toMatchObject({
      error: "Pod x returned a failure.",
      status: { phase: "Failed" },
    });
    expect(asked).toEqual(["GET /base/api/v2/dags/shop.a/dagRuns/r1/taskInstances/run/xcomEntries/failure"]);
    answer = () => ({ status: 404, body: { detail: "XCom entry with key: `failure` not found" } });
    expect(await airflow.readFailure("shop.a", "r1", signal)).toBeUndefined();
  });
});

describe("a backfill", () => {
  const wanted = {
    from: "2026-01-01T00:00:00Z",
    to: "2026-01-04T00:00:00Z",
    maxActiveRuns: 2,
    repeats: "none",
    conf: { backfill: "1" },
  } as const;

  it("is started with both ends", async () => {
    const times = { from_date: wanted.from, to_date: wanted.to, completed_at: null };
    const made = { id: 7, ...times, dag_run_conf: { backfill: "1" }, is_paused: false };
    answer = () => ({ status: 200, body: made });
    expect(await airflow.createBackfill("shop.a", wanted, permit)).toEqual({
      ...{
        id: 7,
        from: wanted.from,
        to: wanted.to,
        isPaused: false,
        conf: { backfill: "1" },
        completedAt: undefined,
      },
    });
  });

  it("waits for an earlier one", async () => {
    answer = () => ({ status: 409, body: { detail: "There is already a running backfill for dag shop.a" } });
    expect(await airflow.createBackfill("shop.a", wanted, permit)).toBeUndefined();
  });
});

it("lists import errors and DAGs with a tag, page after page", async () => {
  const dag = (id: string): object => ({
    ...{ dag_id: id, is_paused: false, is_stale: true, has_import_errors: false },
    ...{ owners: [], tags: [{ name: "ours" }] },
  });
  const error = (filename: string): object => ({ filename, timestamp: "t", stack_trace: filename });
  answer = ({ url = "" }) => {
    const isFirst = url.includes("offset=0");
    const body = url.includes("/dags")
      ? { dags: [dag(isFirst ? "shop.a" : "shop.b")], total_entries: 2 }
      : { import_errors: [error(isFirst ? "a.py" : "b.py")], total_entries: 2 };
    return { status: 200, body };
  };
  expect((await airflow.listDags("ours", signal)).map(({ id }) => id)).toEqual(["shop.a", "shop.b"]);
  expect((await airflow.listImportErrors(signal)).map(({ file }) => file)).toEqual(["a.py", "b.py"]);
  const page = (offset: number): string => `limit=100&offset=${offset}`;
  expect(asked).toEqual([
    ...[0, 1].map((n) => `GET /base/api/v2/dags?tags=ours&exclude_stale=false&order_by=dag_id&${page(n)}`),
    ...[0, 1].map((n) => `GET /base/api/v2/importErrors?${page(n)}`),
  ]);
});

it("tells the DAGs of which a run changed, unless it is too many runs", async () => {
  const since = new Date("2026-01-02T00:00:00Z");
  answer = () => ({ status: 200, body: { dag_runs: [{ dag_id: "shop.a" }], total_entries: 1 } });
  expect(await airflow.listChangedDags(since, signal)).toEqual(new Set(["shop.a"]));
  answer = () => ({ status: 200, body: { dag_runs: [{ dag_id: "shop.a" }], total_entries: 101 } });
  expect(await airflow.listChangedDags(since, signal)).toBeUndefined();
  expect(asked[0]).toBe(
    "GET /base/api/v2/dags/~/dagRuns?updated_at_gte=2026-01-02T00%3A00%3A00.000Z&limit=100",
  );
});

it.each([500, 502, 504])(
  "HTTP %i is tried again with back-off, since a change may have happened",
  async (status) => {
    answer = () => ({ status, body: { detail: "oops" } });
    expect(await failure(airflow.setPaused("shop.a", true, permit))).toMatchObject({ class: "transient" });
  },
);

it("an Airflow that is away means waiting", async () => {
  await new Promise((resolve) => http.close(resolve));
  expect(await failure(airflow.probe(signal))).toEqual({
    class: "waiting",
    reason: "AirflowUnreachable",
    message: `Airflow at ${uri}/ is unreachable: ECONNREFUSED`,
  });
});
