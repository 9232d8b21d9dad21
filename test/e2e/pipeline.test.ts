/** The whole path on the local cluster with a real access log: what is counted outside must be what Trino answers. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diagnose, waitUntilReady } from "../../local/deploy/deployment.ts";
import { countLog, type LogCount } from "./access-log.ts";
import { dataProductSteps } from "./data-product-steps.ts";
import { accessLog, Environment, patienceSeconds } from "./environment.ts";
import { OtherEngine } from "./other-engine.ts";
import { servingTableSteps } from "./serving-table-steps.ts";
import { upkeepSteps } from "./upkeep-steps.ts";
import { askPython } from "../support/python.ts";

const resourcesOfTheQuickstart = 7;

describe.sequential("a clickstream pipeline on the local cluster", () => {
  let environment: Environment;
  let log: LogCount;

  beforeAll(async () => {
    log = await countLog(accessLog, 30 * 60);
    environment = await Environment.create();
  });

  afterAll(async () => {
    if (process.env["KEEP"] === undefined) await Environment.removeAll(false);
  });

  it("becomes Ready with everything it is made of", async () => {
    const report = (): void => undefined;
    const options = { atLeast: resourcesOfTheQuickstart, timeoutSeconds: patienceSeconds, report };
    await waitUntilReady(environment.cluster, environment.namespace, options);
    expect(await environment.kubectl("get", "clickstream", "--output", "name").then(sortedLines)).toEqual([
      "clickstreampipeline.openclickstream.io/web",
      "dataplatform.openclickstream.io/local",
      "eventstream.openclickstream.io/web-raw",
      "laketable.openclickstream.io/web-duplicate-events",
      "laketable.openclickstream.io/web-events",
      "laketable.openclickstream.io/web-failed-events",
      "querycluster.openclickstream.io/query",
    ]);
  });

  it("stores every record of a real log or keeps it as a failed event", async () => {
    await environment.clickstream("replay", "web", "--format", "combined", accessLog);
    const account = await environment.waitUntilAccounted(log.lines);
    expect(account).toMatchObject({
      received: log.lines,
      stored: log.lines - log.malformed.length,
      failed: log.malformed.length,
      duplicate: 0,
    });
    expect(await environment.clickstream("account", "web")).toContain(
      `received ${log.lines} = stored ${log.lines - log.malformed.length} + failed ${log.malformed.length} + duplicate 0`,
    );
  });

  it("keeps the bytes of the record that is cut off, with the reason", async () => {
    const rows = await environment.query(
      `SELECT reason, from_utf8(payload) AS payload FROM lake.${environment.database}.web_failed_events`,
    );
    expect(rows).toHaveLength(log.malformed.length);
    expect(rows[0]?.["reason"]).toBe("malformed_log_line");
    expect(JSON.parse(String(rows[0]?.["payload"]))).toMatchObject({ line: log.malformed[0]?.line });
  });

  it("finds the visitors and sessions that an independent count finds", async () => {
    const [row] = await environment.query(
      `SELECT count(DISTINCT visitor_id) AS visitors, count(DISTINCT session_id) AS sessions FROM lake.${environment.database}.web_events`,
    );
    expect({ visitors: Number(row?.["visitors"]), sessions: Number(row?.["sessions"]) }).toEqual({
      visitors: log.visitors,
      sessions: log.sessions,
    });
  });

  it("has SQL over it explained before a product is made of it, in words that Trino answers", async () => {
    const folder = await mkdtemp(join(tmpdir(), "openclickstream-explain-"));
    try {
      const file = join(folder, "visitors.sql");
      const explain = ["product", "explain", "--filename", file];
      const from = `FROM ${environment.database}.web_events`;
      await writeFile(file, `SELECT count(DISTINCT visitor_id) AS visitors\n${from}\n`);
      const [row] = await environment.query(await environment.clickstream(...explain, "--dialect", "trino"));
      expect(Number(row?.["visitors"])).toBe(log.visitors);
      await writeFile(file, `SELECT count(DISTINCT visitr_id) AS visitors\n${from}\n`);
      await expect(environment.clickstream(...explain)).rejects.toThrow(/visitor_id/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is read by pyiceberg, and by DuckDB over it, to the same numbers", async () => {
    const table = `${environment.database}.web_events`;
    const [row] = await environment.query(
      `SELECT count(*) AS events, count(DISTINCT visitor_id) AS visitors FROM lake.${table}`,
    );
    const events = Number(row?.["events"]);
    expect(await askPython("count", table, await environment.lakeAddress())).toEqual({
      pyiceberg: events,
      duckdb: events,
      visitors: Number(row?.["visitors"]),
    });
  });

  it("stores nothing new when the same log is replayed", async () => {
    await environment.clickstream("replay", "web", "--format", "combined", accessLog);
    const account = await environment.waitUntilAccounted(2 * log.lines);
    expect(account).toMatchObject({ stored: log.lines - log.malformed.length, duplicate: log.lines });
  });

  dataProductSteps(() => ({ environment, log }));

  it("loses and doubles nothing when the Spark driver is killed in mid-stream", async () => {
    const before = await environment.account();
    const sending = environment.clickstream(
      "replay",
      "web",
      "--format",
      "combined",
      "--source",
      "again",
      "--rate",
      "1000",
      accessLog,
    );
    await environment.eventually("some of the new events stored", async () => {
      const { stored } = await environment.account();
      return stored > before.stored ? undefined : `stored ${stored}`;
    });
    await environment.kubectl("delete", "pod", "web-stream-0", "--grace-period=0", "--force");
    await sending;
    const account = await environment.waitUntilAccounted(before.received + log.lines);
    expect(account.stored - before.stored).toBe(log.lines - log.malformed.length);
    expect(account.failed - before.failed).toBe(log.malformed.length);
    expect(account.duplicate).toBe(before.duplicate);
    expect(await environment.storedRecords()).toEqual({ rows: account.received, records: account.received });
  });

  it("says that Kafka is away, sends senders away with a time to come back, and goes on without a hand", async () => {
    const before = await environment.account();
    const collector = await environment.field("service/web-collector", ".spec.clusterIP");
    await environment.cluster.kubectl(["scale", "statefulset/kafka", "-n", "engines", "--replicas=0"]);
    try {
      await environment.waitForCondition("dataplatform/local", "KafkaReachable", "False");
      await environment.waitForCondition("clickstreampipeline/web", "CollectorReady", "False");
      const answer = await fetch(`http://${collector}/v1/events`, { method: "POST", body: "{}" });
      expect({ status: answer.status, retryAfter: answer.headers.get("retry-after") }).toEqual({
        status: 503,
        retryAfter: "2",
      });
    } finally {
      await environment.cluster.kubectl(["scale", "statefulset/kafka", "-n", "engines", "--replicas=1"]);
    }
    await environment.waitForCondition("dataplatform/local", "Ready", "True");
    await environment.waitForCondition("clickstreampipeline/web", "Ready", "True");
    await environment.clickstream("send", "web", "--event-type", "purchase");
    const account = await environment.waitUntilAccounted(before.received + 1);
    expect(account.stored).toBe(before.stored + 1);
  });

  it("does not restart the job for a change that does not touch it", async () => {
    const pod = await environment.field("pod/web-stream-0", ".metadata.uid");
    await environment.patch("clickstreampipeline/web", {
      spec: { collector: { corsOrigins: ["https://shop.example"] } },
    });
    await environment.waitForCondition("clickstreampipeline/web", "Ready", "True");
    expect(await environment.field("pod/web-stream-0", ".metadata.uid")).toBe(pod);
  });

  it("restarts the job for a change that touches it and resumes where it was", async () => {
    const before = await environment.account();
    const pod = await environment.field("pod/web-stream-0", ".metadata.uid");
    await environment.patch("clickstreampipeline/web", { spec: { processing: { triggerInterval: "3s" } } });
    await environment.eventually("a new driver", async () => {
      const uid = await environment.field("pod/web-stream-0", ".metadata.uid");
      return uid === pod ? "the old driver still runs" : undefined;
    });
    await environment.clickstream("send", "web", "--event-type", "purchase");
    const account = await environment.waitUntilAccounted(before.received + 1);
    expect(account.stored).toBe(before.stored + 1);
    expect(account.duplicate).toBe(before.duplicate);
  });

  it("rolls the query cluster when a catalog is added, probes it, and lets a query that runs come to its end", async () => {
    const { stored } = await environment.account();
    const events = `lake.${environment.database}.web_events`;
    const busy = environment.query(
      `SELECT count(length(a.event_id || b.event_id)) AS pairs FROM ${events} a CROSS JOIN ${events} b`,
    );
    busy.catch(() => undefined); // It is looked at at the end, and must not fail the step before.
    await environment.eventually("the query runs", async () => {
      const [row] = await environment.query(
        "SELECT count(*) AS running FROM system.runtime.queries WHERE state = 'RUNNING' AND query LIKE '%CROSS JOIN%b' AND query NOT LIKE '%runtime%'",
      );
      return Number(row?.["running"]) > 0 ? undefined : "it is not among the running ones";
    });
    await environment.patch("querycluster/query", {
      spec: {
        catalogs: [{ name: "benchmark", connector: "tpch" }],
        sessionProperties: { query_max_run_time: "2h" },
      },
    });
    await environment.waitForCondition("querycluster/query", "Ready", "True");
    expect(JSON.parse(await environment.field("querycluster/query", ".status.catalogs"))).toEqual([
      { name: "lake", reachable: true },
      { name: "benchmark", reachable: true },
    ]);
    const rows = await environment.query("SELECT count(*) AS nations FROM benchmark.tiny.nation");
    expect(Number(rows[0]?.["nations"])).toBe(25);
    expect(await environment.query("SHOW SESSION LIKE 'query_max_run_time'")).toMatchObject([
      { Value: "2h" },
    ]);
    const [row] = await busy;
    expect(Number(row?.["pairs"])).toBe(stored ** 2);
  });

  it("takes workers in, and lets one that leaves finish its tasks", async () => {
    const workerResources = { requests: { cpu: "50m" } };
    await environment.patch("querycluster/query", { spec: { workers: 2, workerResources } });
    await environment.waitForCondition("querycluster/query", "Ready", "True");
    expect(await environment.field("querycluster/query", ".status.activeWorkers")).toBe("2");
    const busy = environment.query(
      "SELECT count(*) AS rows FROM benchmark.sf1.lineitem a JOIN benchmark.sf1.orders b ON a.orderkey = b.orderkey",
    );
    const [row] = await Promise.all([
      busy,
      environment.patch("querycluster/query", { spec: { workers: 1 } }),
    ]).then(([rows]) => rows);
    expect(Number(row?.["rows"])).toBe(6_001_215);
    await environment.waitForCondition("querycluster/query", "Ready", "True");
    expect(await environment.field("querycluster/query", ".status.activeWorkers")).toBe("1");
  });

  upkeepSteps(() => ({ environment }));

  servingTableSteps(() => ({ environment }));

  it("adopts a table that another engine made, and changes nothing of it", async () => {
    const catalog = await OtherEngine.connect(environment);
    const before = await catalog.createTable(environment.database, "orders", {
      schema: {
        type: "struct",
        "schema-id": 0,
        fields: [
          { id: 1, name: "OrderId", type: "long", required: true },
          { id: 2, name: "Total", type: "decimal(12, 2)", required: false, doc: "in euros" },
        ],
      },
      properties: { "owner.team": "orders", "write.target-file-size-bytes": "1048576" },
    });
    const manifest = await environment.clickstream("adopt", "table", `${environment.database}.orders`);
    const applied = await environment.tryKubectl(["apply", "-f", "-"], manifest);
    expect(applied.exitCode, applied.tail).toBe(0);
    const [, name = ""] = /laketable\S*\/(\S+)/.exec(applied.tail) ?? [];
    await environment.waitForCondition(`laketable/${name}`, "Ready", "True");
    await environment.kubectl("delete", `laketable/${name}`);
    expect(await catalog.metadataLocation(environment.database, "orders")).toBe(before);
  });

  it("refuses an invalid pipeline with a message that names the field", async () => {
    const manifest = JSON.stringify({
      apiVersion: "openclickstream.io/v1alpha1",
      kind: "ClickstreamPipeline",
      metadata: { name: "bad" },
      spec: { platformRef: { name: "local" }, processing: { sessionTimeout: "half an hour" } },
    });
    const result = await environment.tryKubectl(["apply", "-f", "-"], manifest);
    expect(result.exitCode).not.toBe(0);
    expect(result.tail).toContain("spec.processing.sessionTimeout");
  });

  it("writes no secret into status, events or ConfigMaps", async () => {
    const text = await environment.kubectl(
      "get",
      "clickstream,configmaps,events,pods,deployments,statefulsets",
      "--output",
      "yaml",
    );
    expect(text).not.toContain("clickstream-secret");
    expect(text).not.toContain("airflow-operator-secret");
  });

  it("keeps topic and tables when the pipeline is deleted with the policy Retain", async () => {
    const { stored } = await environment.account();
    await environment.kubectl("delete", "clickstreampipeline/web", `--timeout=${patienceSeconds}s`);
    await environment.eventually("children gone", async () => {
      const left = await environment.kubectl("get", "eventstreams,laketables", "--output", "name");
      return left.trim() === "" ? undefined : left;
    });
    const rows = JSON.parse(
      await environment.clickstream(
        "query",
        "--query-cluster",
        "query",
        `SELECT count(*) AS stored FROM lake.${environment.database}.web_events`,
        "--output",
        "json",
      ),
    ) as { stored: unknown }[];
    expect(Number(rows[0]?.stored)).toBe(stored);
  });

  it("finishes the deletion of its namespace", async () => {
    await environment.cluster
      .kubectl(["delete", "namespace", environment.namespace, `--timeout=${patienceSeconds}s`])
      .catch(async (error: unknown) => {
        throw new Error(`${String(error)}\n${await diagnose(environment.cluster, environment.namespace)}`);
      });
    expect(await environment.cluster.kubectl(["get", "namespaces", "--output", "name"])).not.toContain(
      environment.namespace,
    );
  });
});

function sortedLines(text: string): string[] {
  return text.trim().split("\n").sort();
}
