/** What the section `scale` measures in: a real API server, etcd and Kafka, and the operator's bundle as its image runs it, all fresh, as processes. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { Agent, request } from "undici";
import { parse } from "yaml";
import { startApiServer, type ApiServer } from "../test/support/api-server.ts";
import { startKafka, type BucketAccess } from "../test/support/engines.ts";
import { freePorts, startProgram, type Engine } from "../test/support/process.ts";
import { CounterReading, ProcessReading } from "./scale-readings.ts";

const root = join(import.meta.dirname, "..");
const CRD_FOLDER = join(root, "config", "crd");
/** Requests of the driver at the same time. */
const DRIVER_CONNECTIONS = 16;
export const NAMESPACE = "scale";
export const STREAMS = `/apis/openclickstream.io/v1alpha1/namespaces/${NAMESPACE}/eventstreams`;

/** What the platform consists of beside Kafka. */
export interface ScaleSystems {
  readonly storage: BucketAccess;
  readonly catalogUri: string;
  readonly sqlPlannerUrl?: string;
  readonly airflow?: { readonly uri: string; readonly username: string; readonly password: string };
}

/** Nobody answers there: streams need neither. */
const NO_LAKE: ScaleSystems = {
  storage: {
    endpoint: "http://127.0.0.1:9",
    region: "us-east-1",
    bucket: "lake",
    accessKeyId: "a",
    secretAccessKey: "b",
  },
  catalogUri: "http://127.0.0.1:9",
};

/** An EventStream as the driver sees it. */
export interface SeenStream {
  readonly metadata: { readonly name: string; readonly generation: number; readonly resourceVersion: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

interface StreamList {
  readonly items: readonly SeenStream[];
  readonly metadata: { readonly resourceVersion: string };
}

/** Who follows all streams. */
export interface StreamReader {
  readonly listed: (streams: readonly SeenStream[]) => void;
  readonly seen: (type: string, stream: SeenStream) => void;
}

/** Everything that runs for one size. */
export class ScaleWorld {
  readonly api: ApiServer;
  readonly bootstrapServer: string;
  readonly #directory: string;
  readonly #agent: Agent;
  readonly #engines: readonly Pick<Engine, "stop">[];
  readonly #driverRequests = new Map<string, number>();

  private constructor(parts: {
    api: ApiServer;
    kafka: Engine;
    directory: string;
    operator: Pick<Engine, "stop">;
    agent: Agent;
  }) {
    this.api = parts.api;
    this.bootstrapServer = parts.kafka.address;
    this.#directory = parts.directory;
    this.#agent = parts.agent;
    this.#engines = [parts.operator, parts.kafka, parts.api];
  }

  /** Starts everything in an empty folder; `bundle` is the operator. */
  static async start(
    directory: string,
    bundle: string,
    systems: ScaleSystems = NO_LAKE,
  ): Promise<ScaleWorld> {
    const api = await startApiServer({ directory: join(directory, "kubernetes") });
    const kafka = await startKafka({ directory: join(directory, "kafka"), heap: "1g" });
    const agent = new Agent({
      connections: DRIVER_CONNECTIONS,
      connect: { ca: api.certificateAuthority },
      bodyTimeout: 0,
    });
    await installDefinitions((method, path, body) => call(api, agent, { method, path, body }));
    const { kubeconfig } = api;
    const operator = await startOperator({ directory, bundle, kubeconfig, systems });
    const world = new ScaleWorld({ api, kafka, directory, operator, agent });
    await world.#applyPlatform(systems);
    return world;
  }

  async stop(): Promise<void> {
    for (const engine of this.#engines) await engine.stop();
    await this.#agent.destroy();
  }

  /** One request of the driver, which the figures leave out. */
  async call(method: Method, path: string, body?: unknown): Promise<unknown> {
    const kind = `${method} ${/\/namespaces\/[^/]+\/(.+?)(?:\/|$)/.exec(path)?.[1] ?? ""}`;
    this.#driverRequests.set(kind, (this.#driverRequests.get(kind) ?? 0) + 1);
    return call(this.api, this.#agent, { method, path, body });
  }

  /**
   * All streams, as they are from now on, until `signal` is aborted: `listed` gets all of them, `seen` each later change. The API server ends
   * the watch of a reader that falls behind, and any watch after a time; then it lists all of them again.
   */
  async watch(signal: AbortSignal, reader: StreamReader): Promise<void> {
    const { certificateAuthority } = this.api;
    const dispatcher = new Agent({ connect: { ca: certificateAuthority }, bodyTimeout: 0 });
    try {
      while (!signal.aborted) await this.#watchOnce(dispatcher, signal, reader);
    } finally {
      await dispatcher.destroy();
    }
  }

  async #watchOnce(dispatcher: Agent, signal: AbortSignal, { listed, seen }: StreamReader): Promise<void> {
    const { items, metadata } = (await this.call("GET", STREAMS)) as StreamList;
    listed(items);
    const query = `?watch=true&resourceVersion=${metadata.resourceVersion}`;
    const headers = { authorization: `Bearer ${this.api.token}` };
    try {
      const answer = await request(this.api.url + STREAMS + query, { headers, dispatcher, signal });
      await readLines(answer.body, (line) => {
        const event = JSON.parse(line) as { type: string; object: SeenStream };
        if (event.type === "ERROR") throw new Error(`the watch was ended: ${line}`);
        seen(event.type, event.object);
      });
    } catch (error) {
      if (!signal.aborted) process.stderr.write(`scale: the driver watches anew: ${String(error)}\n`);
    }
  }

  /** The retention that Kafka has for each of these topics, asked by an independent client. */
  async retentions(topics: readonly string[]): Promise<readonly string[]> {
    const admin = new Kafka({ brokers: [this.bootstrapServer], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      const found: string[] = [];
      for (let from = 0; from < topics.length; from += 500) {
        const resources = topics
          .slice(from, from + 500)
          .map((name) => ({ type: 2, name, configNames: ["retention.ms"] }));
        const answer = await admin.describeConfigs({ resources, includeSynonyms: false });
        found.push(...answer.resources.map(({ configEntries }) => configEntries[0]?.configValue ?? ""));
      }
      return found;
    } finally {
      await admin.disconnect();
    }
  }

  /** Processor time and memory of what runs, and what was asked of the API server by others than the driver. */
  async read(): Promise<{ readonly processes: ProcessReading; readonly requests: CounterReading }> {
    const text = (await this.call("GET", "/metrics")) as string;
    return {
      processes: await ProcessReading.take(this.#directory),
      requests: CounterReading.parse(text, this.#driverRequests),
    };
  }

  async #applyPlatform({ storage, catalogUri, airflow }: ScaleSystems): Promise<void> {
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = storage;
    await this.call("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    await this.call("POST", `/api/v1/namespaces/${NAMESPACE}/secrets`, {
      metadata: { name: "s3" },
      stringData: { accessKeyId, secretAccessKey },
    });
    if (airflow !== undefined) {
      await this.call("POST", `/api/v1/namespaces/${NAMESPACE}/secrets`, {
        metadata: { name: "airflow" },
        stringData: { username: airflow.username, password: airflow.password },
      });
    }
    await this.call("POST", STREAMS.replace("eventstreams", "dataplatforms"), {
      apiVersion: "openclickstream.io/v1alpha1",
      kind: "DataPlatform",
      metadata: { name: "main" },
      spec: {
        kafka: { bootstrapServers: [this.bootstrapServer] },
        storage: { endpoint, region, bucket, credentialsSecretRef: { name: "s3" } },
        catalog: { uri: catalogUri },
        ...(airflow && { airflow: { uri: airflow.uri, credentialsSecretRef: { name: "airflow" } } }),
      },
    });
  }
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

interface Call {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
}

async function call(api: ApiServer, agent: Agent, { method, path, body }: Call): Promise<unknown> {
  const answer = await request(api.url + path, {
    method,
    dispatcher: agent,
    headers: {
      authorization: `Bearer ${api.token}`,
      "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 400)
    throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 500)}`);
  return path === "/metrics" ? text : (JSON.parse(text) as unknown);
}

interface Definition {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function installDefinitions(
  send: (method: Method, path: string, body?: unknown) => Promise<unknown>,
): Promise<void> {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const files = (await readdir(CRD_FOLDER)).filter((name) => name !== "kustomization.yaml");
  for (const file of files) await send("POST", path, parse(await readFile(join(CRD_FOLDER, file), "utf8")));
  for (;;) {
    const { items } = (await send("GET", path)) as { items: readonly Definition[] };
    const isEstablished = ({ status }: Definition): boolean =>
      status?.conditions?.some((one) => one.type === "Established" && one.status === "True") === true;
    if (items.length === files.length && items.every(isEstablished)) break;
    await sleep(100);
  }
  await send("POST", "/api/v1/namespaces", { metadata: { name: "openclickstream-system" } });
}

async function startOperator(options: {
  readonly directory: string;
  readonly bundle: string;
  readonly kubeconfig: string;
  readonly systems: ScaleSystems;
}): Promise<Pick<Engine, "stop">> {
  const { sqlPlannerUrl } = options.systems;
  const [port = 0] = await freePorts(1);
  const image = await readFile(join(root, "Dockerfile"), "utf8");
  return startProgram({
    name: "operator",
    // The image's own flags and settings of malloc, on the node of this run.
    command: [process.execPath, ...flagsOf(image), options.bundle],
    env: {
      ...settingsOf(image),
      KUBECONFIG: options.kubeconfig,
      HTTP_PORT: String(port),
      IMAGE_PREFIX: "scale",
      IMAGE_TAG: "scale",
      POD_NAME: options.directory,
      ...(sqlPlannerUrl !== undefined && { SQL_PLANNER_URL: sqlPlannerUrl }),
    },
    logFile: join(options.directory, "operator.log"),
    deadlineSeconds: 120,
    isReady: async (log) => Promise.resolve(log.includes('"Working"')),
  });
}

function flagsOf(dockerfile: string): string[] {
  const command = /^CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? "[]";
  return (JSON.parse(command) as string[]).filter((word) => word.startsWith("--"));
}

function settingsOf(dockerfile: string): Record<string, string> {
  const settings = /^ENV (.*)$/m.exec(dockerfile)?.[1] ?? "";
  return Object.fromEntries(settings.split(" ").map((pair) => pair.split("=") as [string, string]));
}

async function readLines(body: AsyncIterable<Buffer>, take: (line: string) => void): Promise<void> {
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + chunk.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") take(line);
  }
}
