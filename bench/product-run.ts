/** What a person waits for who applies a DataProduct: the DAG in Airflow, the first rows; and what a run costs beside Spark's own time. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { mustRun } from "../local/support/command.ts";
import { waitUntilReady, type Cluster } from "../local/deploy/deployment.ts";
import type { DataProduct } from "../src/crds/kinds.ts";
import { Secret } from "../src/platform/secret.ts";
import { AirflowClient, apiPath } from "../src/targets/airflow/client.ts";
import { createAirflowServer } from "../src/targets/airflow/server.ts";
import type { DagRun } from "../src/targets/airflow/dag.ts";
import { quantile, seconds, type Figure } from "./figures.ts";

const SAMPLES = 3;
const DEADLINE_MS = 600_000;
const LOOK_MS = 250;

/** Applies products one after the other in the namespace, whose platform `local` has an Airflow, and whose pipeline `web` has events. */
export async function measureProductRun(cluster: Cluster, namespace: string): Promise<readonly Figure[]> {
  const client = new AirflowClient({
    uri: `http://${await clusterAddressOf(cluster, "airflow", "engines")}:8080`,
    username: new Secret(await secretOf(cluster, namespace, "username")),
    password: new Secret(await secretOf(cluster, namespace, "password")),
    bundlePrefix: "airflow/dags",
  });
  try {
    const report = (): undefined => undefined;
    await waitUntilReady(cluster, namespace, {
      ...{ atLeast: 1, kinds: "dataplatforms", timeoutSeconds: 600, report },
    });
    await haveRows(cluster, namespace);
    const samples: Sample[] = [];
    for (let nth = 0; nth < SAMPLES; nth += 1)
      samples.push(await new Trial({ cluster, namespace, client, name: `bench-run-${nth}` }).run());
    return figuresOf(samples);
  } finally {
    await client.close();
  }
}

interface Sample {
  /** Milliseconds from the apply. */
  readonly dagVisible: number;
  readonly published: number;
  /** Milliseconds of the run in Airflow, and of the process that runs Spark. */
  readonly run: number;
  readonly driver: number;
}

interface Place {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly client: AirflowClient;
  readonly name: string;
}

/** One product from its apply to the end of its first run. */
class Trial {
  readonly #place: Place;
  readonly #dag: string;
  readonly #signal = AbortSignal.timeout(DEADLINE_MS);

  constructor(place: Place) {
    this.#place = place;
    this.#dag = `${place.namespace}.${place.name}`;
  }

  async run(): Promise<Sample> {
    const { cluster, namespace, client, name } = this.#place;
    const airflow = createAirflowServer(client);
    const began = performance.now();
    await cluster.kubectl(
      ["apply", "--server-side", "--filename", "-"],
      JSON.stringify(manifest(name, namespace)),
    );
    try {
      const visible = this.#until(async () => (await airflow.readDag(this.#dag, this.#signal)) !== undefined);
      const dagVisible = visible.then(() => performance.now() - began);
      await this.#until(async () => this.#isPublished());
      const published = performance.now() - began;
      const [run] = await airflow.listRuns(this.#dag, { limit: 1, signal: this.#signal });
      if (run === undefined) throw new Error(`Airflow has no run of ${this.#dag}`);
      return {
        dagVisible: await dagVisible,
        published,
        run: lengthOf(run),
        driver: await this.#driverOf(run),
      };
    } finally {
      await cluster.kubectl(["delete", "dataproduct", name, "--namespace", namespace]);
    }
  }

  async #isPublished(): Promise<boolean> {
    const { cluster, namespace, name } = this.#place;
    const args = ["get", "dataproduct", name, "--namespace", namespace, "--output", "json"];
    const { status } = JSON.parse(await cluster.kubectl(args)) as DataProduct;
    const { state, message } = status?.lastRun ?? {};
    if (state === "Failed" || state === "Held") throw new Error(`the run of ${name}: ${message}`);
    return state === "Published";
  }

  /** What the batch job says in its last line: from the begin of its process until the rows are published. */
  async #driverOf(run: DagRun): Promise<number> {
    const path = apiPath("dags", this.#dag, "dagRuns", run.id, "taskInstances", "run", "logs", "1");
    const query = { full_content: "true" };
    const log = await this.#place.client.demand(
      { ...{ method: "GET", path, query, doing: "reading the log of the run" }, signal: this.#signal },
      z.unknown(),
    );
    const found = /seconds\\*": ?([\d.]+)/.exec(JSON.stringify(log))?.[1];
    if (found === undefined)
      throw new Error(`the log of ${run.id} does not have the result of the batch job`);
    return Number(found) * 1000;
  }

  async #until(isDone: () => Promise<boolean>): Promise<void> {
    while (!(await isDone())) {
      this.#signal.throwIfAborted();
      await sleep(LOOK_MS);
    }
  }
}

function lengthOf({ startedAt, endedAt }: DagRun): number {
  return Date.parse(endedAt ?? "") - Date.parse(startedAt ?? "");
}

function figuresOf(samples: readonly Sample[]): readonly Figure[] {
  const middle = (valueOf: (sample: Sample) => number): string =>
    seconds(quantile(samples.map(valueOf), 0.5));
  const title = (what: string): string => `data product, ${what}, p50 of ${samples.length}`;
  return [
    { name: title("apply to DAG in Airflow"), value: middle(({ dagVisible }) => dagVisible) },
    { name: title("apply to first rows published"), value: middle(({ published }) => published) },
    { name: title("a run, from its start to its end in Airflow"), value: middle(({ run }) => run) },
    { name: title("of that the batch job's process"), value: middle(({ driver }) => driver) },
    { name: title("of that all else"), value: middle(({ run, driver }) => run - driver) },
  ];
}

/** Sends events where the section runs alone, and waits until some can be read. */
async function haveRows(cluster: Cluster, namespace: string): Promise<void> {
  await mustRun(
    "kubectl-clickstream",
    ["generate", "--events", "10000", "--seed", "42", "--send", "web", "--namespace", namespace],
    { env: cluster.environment },
  );
  const sql = `SELECT count(*) AS found FROM lake.${namespace.replaceAll("-", "_")}.web_events`;
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const args = ["query", "web", sql, "--namespace", namespace, "--output", "json"];
    const rows = await mustRun("kubectl-clickstream", args, { env: cluster.environment });
    const [row] = JSON.parse(rows) as { found: unknown }[];
    if (Number(row?.found) > 0) return;
    if (Date.now() > deadline) throw new Error("no event is queryable");
    await sleep(1000);
  }
}

async function clusterAddressOf(cluster: Cluster, service: string, namespace: string): Promise<string> {
  const path = "jsonpath={.spec.clusterIP}";
  return cluster.kubectl(["get", "service", service, "--namespace", namespace, "--output", path]);
}

async function secretOf(cluster: Cluster, namespace: string, key: string): Promise<string> {
  const path = `jsonpath={.data.${key}}`;
  const args = ["get", "secret", "airflow-user", "--namespace", namespace, "--output", path];
  return Buffer.from(await cluster.kubectl(args), "base64").toString();
}

function manifest(name: string, namespace: string): object {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "DataProduct",
    metadata: { name, namespace },
    spec: {
      platformRef: { name: "local" },
      sql: `SELECT floor(event_time TO DAY) AS "day", count(DISTINCT session_id) AS sessions
        FROM ${namespace.replaceAll("-", "_")}.web_events GROUP BY 1`,
      target: {
        ...{ database: namespace.replaceAll("-", "_"), table: name.replaceAll("-", "_") },
        deletionPolicy: "Delete",
      },
      refresh: { schedule: "0 3 1 1 *" },
    },
  };
}
