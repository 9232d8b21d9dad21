/**
 * The operator with all its controllers, in the test's own process, against the real API server and real engines. That API server has
 * no controllers of Kubernetes' own: the test plays them where it wants workloads to become ready.
 */
import { KubeConfig } from "@kubernetes/client-node";
import { inject } from "vitest";
import { createClickstreamPipelineController } from "../../src/controllers/clickstream-pipeline/controller.ts";
import { createDataPlatformController } from "../../src/controllers/data-platform/controller.ts";
import { createEventStreamController } from "../../src/controllers/event-stream/controller.ts";
import { createLakeTableController } from "../../src/controllers/lake-table/controller.ts";
import { createQueryClusterController } from "../../src/controllers/query-cluster/controller.ts";
import { CachingProber } from "../../src/targets/trino/prober.ts";
import type { KindDefinition } from "../../src/crds/kinds.ts";
import { dataPlatformKind } from "../../src/crds/kinds.ts";
import type { Condition } from "../../src/api/conditions.ts";
import { connectionOf } from "../../src/runtime/http/connection.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { createMetrics } from "../../src/runtime/metrics.ts";
import type { KubernetesObject, ResourceType } from "../../src/api/objects.ts";
import { Operator } from "../../src/runtime/operator.ts";
import { createRestClient, resourcePath } from "../../src/runtime/http/rest-client.ts";
import { JsonClient } from "../../src/targets/http/json-client.ts";
import { PlatformReader } from "../../src/platform/platform.ts";
import { getSecretsOver, SecretReader } from "../../src/platform/secret-reader.ts";
import { createSystemClients } from "../../src/targets/clients.ts";
import { until } from "../../src/testing/until.ts";
import { ApiRequests } from "./crds-api.ts";

/** Any object of the API server. */
export type SeenObject = KubernetesObject & {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };
};

const IMAGES = {
  collector: "images.test/collector:1",
  spark: "images.test/spark:1",
  trino: "images.test/trino:1",
};
const DEADLINE_MS = 60_000;

/** An operator that watches one namespace. */
export class ComposingOperator {
  readonly namespace: string;
  readonly requests: ApiRequests;
  readonly #operator: Operator;
  readonly #logged: readonly string[];
  readonly #metrics: ReturnType<typeof createMetrics>;
  readonly #close: () => Promise<void>;

  private constructor(parts: {
    namespace: string;
    requests: ApiRequests;
    operator: Operator;
    logged: readonly string[];
    metrics: ReturnType<typeof createMetrics>;
    close: () => Promise<void>;
  }) {
    this.namespace = parts.namespace;
    this.requests = parts.requests;
    this.#operator = parts.operator;
    this.#logged = parts.logged;
    this.#metrics = parts.metrics;
    this.#close = parts.close;
  }

  /** Makes the namespace and starts. Everything is looked at again every second. */
  static async start(namespace: string): Promise<ComposingOperator> {
    const access = inject("apiServer");
    const requests = new ApiRequests(access);
    await requests.createNamespace(namespace);
    const config = new KubeConfig();
    config.loadFromFile(access.kubeconfig);
    const connection = connectionOf(config);
    const metrics = createMetrics();
    const logged: string[] = [];
    const rest = createRestClient(connection, metrics);
    const operator = new Operator({
      rest,
      metrics,
      logger: createLogger("debug", { write: (line: string) => void logged.push(line) }),
      watchNamespaces: [namespace],
      resyncSeconds: 1,
      instance: "integration-test",
    });
    const secrets = new SecretReader(getSecretsOver(rest));
    const systems = { platforms: new PlatformReader(secrets), clients: createSystemClients() };
    const client = new JsonClient();
    operator.register(createDataPlatformController(systems));
    operator.register(createEventStreamController(systems));
    operator.register(createLakeTableController(systems));
    operator.register(createClickstreamPipelineController({ images: IMAGES, client, ...systems }));
    operator.register(
      createQueryClusterController({
        images: IMAGES,
        prober: new CachingProber(client),
        platforms: systems.platforms,
        secrets,
      }),
    );
    void operator.run();
    const close = async (): Promise<void> => {
      await Promise.all([systems.clients.closeAll(), client.close(), connection.close()]);
    };
    return new ComposingOperator({ namespace, requests, operator, logged, metrics, close });
  }

  async stop(): Promise<void> {
    await this.#operator.stop(5);
    await this.#close();
    await this.requests.close();
  }

  /** A platform `main` at the engines of the test run, with its Secret. */
  async applyPlatform(): Promise<void> {
    const { kafka, storage, catalog } = inject("engines");
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = storage;
    await this.requests.apply(`/api/v1/namespaces/${this.namespace}/secrets/s3-credentials`, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s3-credentials" },
      stringData: { accessKeyId, secretAccessKey },
    });
    await this.apply(dataPlatformKind, "main", {
      kafka: { bootstrapServers: kafka.bootstrapServers },
      storage: { endpoint, region, bucket, credentialsSecretRef: { name: "s3-credentials" } },
      catalog: { uri: catalog.uri },
    });
    await this.waitForCondition(dataPlatformKind, "main", { type: "Ready", status: "True" });
  }

  async apply(kind: KindDefinition, name: string, spec: unknown): Promise<void> {
    await this.change(kind, name, { spec });
  }

  /** Writes fields of an object as somebody would by hand, not as the operator. */
  async change(type: ResourceType, name: string, fields: Fields): Promise<void> {
    await this.requests.apply(this.#path(type, name), objectOf(type, name, fields));
  }

  /** Writes a status as Kubernetes' own controllers would. */
  async changeStatus(type: ResourceType, name: string, status: object): Promise<void> {
    await this.requests.apply(`${this.#path(type, name)}/status`, objectOf(type, name, { status }));
  }

  async find(type: ResourceType, name: string): Promise<SeenObject | undefined> {
    const { code, body } = await this.requests.send({ method: "GET", path: this.#path(type, name) });
    return code === 200 ? (body as SeenObject) : undefined;
  }

  async get(type: ResourceType, name: string): Promise<SeenObject> {
    return (await this.requests.mustSend({ method: "GET", path: this.#path(type, name) })) as SeenObject;
  }

  async list(type: ResourceType): Promise<readonly SeenObject[]> {
    const body = await this.requests.mustSend({ method: "GET", path: this.#path(type, "") });
    return (body as { items: readonly SeenObject[] }).items;
  }

  async delete(type: ResourceType, name: string): Promise<void> {
    await this.requests.mustSend({ method: "DELETE", path: this.#path(type, name) });
  }

  /** The object as soon as `check` holds; after the deadline an error that shows it and the end of the log. */
  async waitFor(
    type: ResourceType,
    name: string,
    check: (object: SeenObject) => boolean,
  ): Promise<SeenObject> {
    return this.#poll(`${type.kind} ${name}`, async () => {
      const object = await this.find(type, name);
      return { found: object !== undefined && check(object) ? object : undefined, seen: object };
    });
  }

  async waitUntilGone(type: ResourceType, name: string): Promise<void> {
    await this.#poll(`${type.kind} ${name} to go`, async () => {
      const object = await this.find(type, name);
      return { found: object === undefined ? true : undefined, seen: object };
    });
  }

  /** Waits for a condition of a resource of ours, with this status and reason. */
  async waitForCondition(
    kind: KindDefinition,
    name: string,
    wanted: Partial<Condition>,
  ): Promise<SeenObject> {
    return this.waitFor(kind, name, (object) =>
      (object.status?.conditions ?? []).some((condition) =>
        Object.entries(wanted).every(([field, value]) => condition[field as keyof Condition] === value),
      ),
    );
  }

  /** Requests so far that change something. */
  async writes(): Promise<number> {
    return this.#count(
      /^openclickstream_api_requests_total\{verb="(?:apply|create|update|patch|delete)",[^}]*\} (\d+)$/gm,
    );
  }

  /** Waits until a kind has been looked at so often again; with one resource of the kind these are passes of that one. */
  async waitForPasses(kind: KindDefinition, passes: number): Promise<void> {
    const pattern = new RegExp(
      `^openclickstream_reconcile_total\\{controller="${kind.kind}",[^}]*\\} (\\d+)$`,
      "gm",
    );
    const wanted = (await this.#count(pattern)) + passes;
    await this.#poll(`${passes} passes of ${kind.kind}`, async () => {
      const seen = await this.#count(pattern);
      return { found: seen >= wanted ? true : undefined, seen };
    });
  }

  async #count(pattern: RegExp): Promise<number> {
    const text = await this.#metrics.registry.metrics();
    return [...text.matchAll(pattern)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  async #poll<Found>(
    what: string,
    look: () => Promise<{ found: Found | undefined; seen: unknown }>,
  ): Promise<Found> {
    let last: { found: Found | undefined; seen: unknown } = { found: undefined, seen: undefined };
    await until(
      async () => {
        last = await look();
        return last.found !== undefined;
      },
      () => `${what}; last seen: ${JSON.stringify(last.seen, null, 1)}\n${this.#logged.slice(-30).join("")}`,
      DEADLINE_MS,
    );
    return last.found as Found;
  }

  #path(type: ResourceType, name: string): string {
    return resourcePath(
      type,
      name === "" ? { namespace: this.namespace } : { namespace: this.namespace, name },
    );
  }
}

interface Fields {
  readonly metadata?: object;
  readonly [field: string]: unknown;
}

function objectOf(type: ResourceType, name: string, fields: Fields): object {
  const apiVersion = type.group === "" ? type.version : `${type.group}/${type.version}`;
  return { apiVersion, kind: type.kind, ...fields, metadata: { name, ...fields.metadata } };
}

/** The status that Kubernetes' own controllers write when the one replica of a Deployment runs. */
export function runningDeployment({ metadata }: SeenObject): object {
  return { observedGeneration: metadata.generation, ...ONE_REPLICA };
}

/** The status that Kubernetes' own controllers write when the one replica of a StatefulSet runs. */
export function runningStatefulSet({ metadata }: SeenObject): object {
  return {
    observedGeneration: metadata.generation,
    ...ONE_REPLICA,
    currentRevision: "a",
    updateRevision: "a",
  };
}

const ONE_REPLICA = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
