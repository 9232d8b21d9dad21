/** The data products of a journey: what they are, and what a person would look at when one does not come to its end. */
import { mustRun, runCommand } from "../../local/support/command.ts";
import { Secret } from "../../src/platform/secret.ts";
import { AirflowClient } from "../../src/targets/airflow/client.ts";
import { createAirflowServer, type AirflowServer } from "../../src/targets/airflow/server.ts";
import type { Environment } from "./environment.ts";

interface Run {
  readonly id: string;
  readonly state: string;
  readonly from?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly rows?: number;
  readonly message?: string;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export interface Product {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly rows?: number;
    readonly dag?: string;
    readonly lastRun?: Run;
    readonly earlierRuns?: readonly Run[];
    readonly lastGoodSnapshot?: { readonly id: string };
    readonly lastAudit?: { readonly runId: string; readonly branch: string };
  };
}

export class DataProducts {
  readonly #environment: Environment;
  readonly airflow: AirflowServer;

  private constructor(environment: Environment, airflow: AirflowServer) {
    this.#environment = environment;
    this.airflow = airflow;
  }

  /** Connects to the Airflow of the environment's platform, as the operator does. */
  static async connect(environment: Environment): Promise<DataProducts> {
    const read = async (key: string): Promise<Secret> =>
      new Secret(
        Buffer.from(await environment.field("secret/airflow-user", `.data.${key}`), "base64").toString(),
      );
    const client = new AirflowClient({
      uri: await environment.reachable(await environment.field("dataplatform/local", ".spec.airflow.uri")),
      username: await read("username"),
      password: await read("password"),
      bundlePrefix: "airflow/dags",
    });
    return new DataProducts(environment, createAirflowServer(client));
  }

  /** Applies a product of the environment's namespace, whole: what the spec has no more is gone. */
  async apply(name: string, spec: object): Promise<void> {
    const manifest = {
      apiVersion: "openclickstream.io/v1alpha1",
      kind: "DataProduct",
      metadata: { name, namespace: this.#environment.namespace },
      spec: { platformRef: { name: "local" }, ...spec },
    };
    const args = ["apply", "--server-side", "--force-conflicts", "--filename", "-"];
    await this.#environment.cluster.kubectl(args, JSON.stringify(manifest));
  }

  async read(name: string): Promise<Product> {
    return JSON.parse(
      await this.#environment.kubectl("get", `dataproduct/${name}`, "--output", "json"),
    ) as Product;
  }

  /** Asks for one run now; the word makes it another one than those before. */
  async ask(name: string, word: string): Promise<void> {
    const annotation = `openclickstream.io/run=${word}`;
    await this.#environment.kubectl("annotate", "--overwrite", `dataproduct/${name}`, annotation);
  }

  /** The runs that the status tells of, newest first. */
  async runs(name: string): Promise<readonly Run[]> {
    const { status } = await this.read(name);
    return [...(status?.lastRun === undefined ? [] : [status.lastRun]), ...(status?.earlierRuns ?? [])];
  }

  /** Waits until the check of the product returns undefined; the text that it returns says what is missing. */
  async until(name: string, what: string, check: (product: Product) => string | undefined): Promise<Product> {
    let product: Product | undefined;
    const look = async (): Promise<string | undefined> => {
      product = await this.read(name);
      return check(product);
    };
    await this.#eventually(`${name}: ${what}`, look);
    if (product === undefined) throw new Error("unreachable: the condition was met");
    return product;
  }

  /** Waits until the last run is another one than that named, and ended in the state. */
  async untilRun(name: string, state: "Published" | "Held", after?: string): Promise<Product> {
    return this.until(name, `a run that is ${state}`, ({ status }) => {
      const run = status?.lastRun;
      if (run?.state === state && run.id !== after) return undefined;
      return JSON.stringify(run ?? status?.conditions ?? "no status");
    });
  }

  /** Waits for a driver of the product's runs that does something, and is another one than that named; returns its pod's name. */
  async driverAtWork(name: string, otherThan?: string): Promise<string> {
    let found: string | undefined;
    const labels = `openclickstream.io/dataproduct=${name},app.kubernetes.io/component=run`;
    const running = ["--selector", labels, "--field-selector", "status.phase=Running", "--output", "name"];
    await this.#eventually(`${name}: a driver at work`, async () => {
      const pods = (await this.#environment.kubectl("get", "pods", ...running)).split(/\s+/);
      found = pods.map((pod) => pod.replace(/^pod\//, "")).find((pod) => pod !== "" && pod !== otherThan);
      if (found === undefined) return "no pod runs";
      const log = await this.#environment.kubectl("logs", found, "--tail=1");
      return log === "" ? `pod ${found} has said nothing yet` : undefined;
    });
    if (found === undefined) throw new Error("unreachable: the condition was met");
    return found;
  }

  async close(): Promise<void> {
    await this.airflow.close();
  }

  /** Polls as the environment does; a failure tells what Airflow knows too. */
  async #eventually(what: string, check: () => Promise<string | undefined>): Promise<void> {
    try {
      await this.#environment.eventually(what, check);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${await this.#diagnose()}`, { cause: error });
    }
  }

  /** Products, what Airflow knows of their DAGs, and the ends of its logs. */
  async #diagnose(): Promise<string> {
    const { signal } = new AbortController();
    const sections: string[] = [];
    const add = async (title: string, read: () => Promise<unknown>): Promise<void> => {
      const shown = await read().catch(String);
      sections.push(`--- ${title}\n${typeof shown === "string" ? shown : JSON.stringify(shown, null, 1)}`);
    };
    const names = (await this.#environment.kubectl("get", "dataproducts", "--output", "name"))
      .split("\n")
      .flatMap((line) => line.split("/").slice(1));
    for (const name of names) {
      const { status } = await this.read(name);
      const { dag } = status ?? {};
      const { lastRun, earlierRuns, conditions } = status ?? {};
      await add(`product ${name}`, async () => ({ conditions, lastRun, earlierRuns }));
      if (dag === undefined) continue;
      await add(`DAG ${dag}`, () => this.airflow.readDag(dag, signal));
      await add(`runs of ${dag}`, () => this.airflow.listRuns(dag, { limit: 10, signal }));
      await add("import errors", () => this.airflow.listImportErrors(signal));
    }
    const logs = ["logs", "--namespace", "engines", "deployment/airflow", "--tail", "25", "--container"];
    const env = this.#environment.cluster.environment;
    for (const container of ["scheduler", "dag-processor"]) {
      await add(
        `log of Airflow's ${container}`,
        async () => (await runCommand("kubectl", [...logs, container], { env })).stdout,
      );
    }
    return sections.join("\n");
  }

  /** Runs a Python program in the process that reads DAGs; throws with what it printed where it fails. */
  async python(program: string): Promise<string> {
    const { environment: env } = this.#environment.cluster;
    const exec = ["exec", "--stdin", "--namespace", "engines", "deployment/airflow"];
    const command = ["--container", "dag-processor", "--", "python3", "-"];
    return mustRun("kubectl", [...exec, ...command], { env, input: program });
  }
}
