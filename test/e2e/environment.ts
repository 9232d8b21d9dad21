/** A namespace of its own in the local cluster with the quickstart in it, for one end-to-end test file. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mustRun, runCommand, type CommandResult } from "../../local/support/command.ts";
import { diagnose, type Cluster } from "../../local/deploy/deployment.ts";
import { bringUpPlatform, platformCluster } from "../../local/deploy/platform.ts";
import { checkoutFolder } from "../../local/support/checkout.ts";
import type { LakeAddress } from "../support/python.ts";
import { Steps } from "../../local/support/progress.ts";

export interface Account {
  readonly received: number;
  readonly stored: number;
  readonly failed: number;
  readonly duplicate: number;
}

export const accessLog =
  process.env["ACCESS_LOG"] ?? join(checkoutFolder, "..", "shared", "data", "access.log");

const namePrefix = "e2e-";
/**
 * How long anything is waited for. It ends what hangs, and is to say nothing of speed: with other work on the machine, all of it takes many
 * times longer than alone.
 */
export const patienceSeconds = 900;
const shortestPauseMilliseconds = 1000;

export class Environment {
  readonly cluster: Cluster;
  readonly namespace: string;

  constructor(cluster: Cluster, namespace: string) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** The database of the namespace's tables. */
  get database(): string {
    return this.namespace.replaceAll("-", "_");
  }

  /** Brings engines, Airflow and operator up and applies the quickstart under a new namespace. */
  static async create(): Promise<Environment> {
    const cluster = await bringUpPlatform(new Steps(), { airflow: true, hbase: true });
    await Environment.removeAll(true);
    // Retained topics and tables of an earlier run must not be mistaken for this run's.
    const environment = new Environment(
      cluster,
      `${namePrefix}${Math.floor(Date.now() / 1000).toString(36)}`,
    );
    await environment.#applyQuickstart();
    return environment;
  }

  /** Deletes the namespaces of this and earlier runs: what a killed run left would take the node's room. */
  static async removeAll(wait: boolean): Promise<void> {
    const cluster = platformCluster();
    const names = (await cluster.kubectl(["get", "namespaces", "--output", "name"]))
      .split("\n")
      .filter((name) => name.startsWith(`namespace/${namePrefix}`));
    if (names.length > 0) await cluster.kubectl(["delete", `--wait=${wait}`, "--ignore-not-found", ...names]);
  }

  async #applyQuickstart(): Promise<void> {
    const directory = join(checkoutFolder, ".local", "deploy", "e2e");
    await mkdir(directory, { recursive: true });
    const name = JSON.stringify([{ op: "replace", path: "/metadata/name", value: this.namespace }]);
    // The step that is about it says when tables are looked after: Jobs beside the other steps would take their time.
    const maintenance = JSON.stringify([
      { op: "add", path: "/spec/tables", value: { maintenance: { enabled: false } } },
    ]);
    const kustomization = {
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      namespace: this.namespace,
      resources: ["../../../manifests/examples/airflow"],
      patches: [
        { target: { kind: "Namespace" }, patch: name },
        { target: { kind: "ClickstreamPipeline" }, patch: maintenance },
      ],
    };
    await writeFile(join(directory, "kustomization.yaml"), JSON.stringify(kustomization, null, 2));
    await this.cluster.apply(directory);
  }

  async kubectl(...args: string[]): Promise<string> {
    return this.cluster.kubectl([...args, "--namespace", this.namespace]);
  }

  /** Like `kubectl`, but returns the exit code and the end of the output instead of throwing. */
  async tryKubectl(args: readonly string[], input?: string): Promise<CommandResult> {
    const options = { env: this.cluster.environment, ...(input === undefined ? {} : { input }) };
    return runCommand("kubectl", [...args, "--namespace", this.namespace], options);
  }

  async patch(resource: string, merge: unknown): Promise<void> {
    await this.kubectl("patch", resource, "--type", "merge", "--patch", JSON.stringify(merge));
  }

  async clickstream(...args: string[]): Promise<string> {
    return mustRun("kubectl-clickstream", [...args, "--namespace", this.namespace], {
      env: this.cluster.environment,
    });
  }

  async query(sql: string): Promise<Readonly<Record<string, unknown>>[]> {
    return JSON.parse(await this.clickstream("query", "web", sql, "--output", "json")) as Record<
      string,
      unknown
    >[];
  }

  /** The rows of the pipeline's three tables, and how many records of Kafka they are from: as many, when none is doubled. */
  async storedRecords(): Promise<{ readonly rows: number; readonly records: number }> {
    const tables = ["web_events", "web_failed_events", "web_duplicate_events"].map(
      (table) => `SELECT kafka_partition, kafka_offset FROM lake.${this.database}.${table}`,
    );
    const [row] = await this.query(
      `SELECT count(*) AS rows, count(DISTINCT (kafka_partition, kafka_offset)) AS records FROM (${tables.join(" UNION ALL ")})`,
    );
    return { rows: Number(row?.["rows"]), records: Number(row?.["records"]) };
  }

  async account(): Promise<Account> {
    return JSON.parse(await this.clickstream("account", "web", "--output", "json", "--allow-lag")) as Account;
  }

  /** Waits until `received` events came in and all are queryable; returns the account. */
  async waitUntilAccounted(received: number): Promise<Account> {
    let account: Account | undefined;
    await this.eventually(`${received} events accounted for`, async () => {
      account = await this.account();
      const accounted = account.stored + account.failed + account.duplicate;
      return account.received === received && accounted >= received ? undefined : JSON.stringify(account);
    });
    if (account === undefined) throw new Error("unreachable: the condition was met");
    return account;
  }

  /**
   * Polls until `check` returns undefined; the text that it returns says what is missing. Fails with a diagnosis. What takes long to ask is
   * asked less often, so that the answer does not wait for the questions.
   */
  async eventually(what: string, check: () => Promise<string | undefined>): Promise<void> {
    const deadline = Date.now() + patienceSeconds * 1000;
    for (;;) {
      const began = Date.now();
      const missing = await check().catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      if (missing === undefined) return;
      if (Date.now() > deadline) {
        const state = await diagnose(this.cluster, this.namespace);
        throw new Error(`${what}: not within ${patienceSeconds} s: ${missing}\n${state}`);
      }
      await sleep(Math.max(shortestPauseMilliseconds, Date.now() - began));
    }
  }

  /** Waits for a condition of a resource, for the resource's present generation. */
  async waitForCondition(resource: string, condition: string, status: "True" | "False"): Promise<void> {
    await this.eventually(`${resource} ${condition}=${status}`, async () => {
      const object = JSON.parse(await this.kubectl("get", resource, "--output", "json")) as {
        metadata: { generation: number };
        status?: {
          observedGeneration?: number;
          conditions?: { type: string; status: string; reason: string; message: string }[];
        };
      };
      const found = object.status?.conditions?.find((candidate) => candidate.type === condition);
      if (object.status?.observedGeneration !== object.metadata.generation) return "spec not yet observed";
      return found?.status === status ? undefined : JSON.stringify(found ?? "condition absent");
    });
  }

  async field(resource: string, path: string): Promise<string> {
    return this.kubectl("get", resource, "--output", `jsonpath={${path}}`);
  }

  /** Catalog and object store of the platform, by the addresses at which the node reaches their Services. */
  async lakeAddress(): Promise<LakeAddress> {
    const read = async (path: string): Promise<string> => this.field("dataplatform/local", `.spec.${path}`);
    const [region, bucket] = [await read("storage.region"), await read("storage.bucket")];
    const secret = await read("storage.credentialsSecretRef.name");
    const key = async (name: string): Promise<string> =>
      Buffer.from(await this.field(`secret/${secret}`, `.data.${name}`), "base64").toString();
    return {
      uri: await this.reachable(await read("catalog.uri")),
      storage: {
        endpoint: await this.reachable(await read("storage.endpoint")),
        region,
        bucket,
        accessKeyId: await key("accessKeyId"),
        secretAccessKey: await key("secretAccessKey"),
      },
    };
  }

  /** The URL of a Service with its cluster address, at which the node reaches it, without a slash at the end. */
  async reachable(url: string): Promise<string> {
    const reached = new URL(url);
    const [service = "", namespace = ""] = reached.hostname.split(".");
    reached.hostname = await this.cluster.kubectl([
      ...["get", `service/${service}`, "--namespace", namespace],
      ...["--output", "jsonpath={.spec.clusterIP}"],
    ]);
    return reached.toString().replace(/\/$/, "");
  }

  /** The number of events of the given reason that concern the named object. */
  async eventCount(objectName: string, reason: string): Promise<number> {
    const text = await this.kubectl("get", "events.events.k8s.io", "--output", "json");
    const { items } = JSON.parse(text) as { items: { reason: string; regarding: { name: string } }[] };
    return items.filter((event) => event.reason === reason && event.regarding.name === objectName).length;
  }
}
