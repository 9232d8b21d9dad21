/**
 * The operator with all its controllers, in the test's own process, against the real API server and engines of the test run. It watches
 * namespaces of its own, so that test files do not meet.
 */
import { KubeConfig } from "@kubernetes/client-node";
import { inject } from "vitest";
import { registerControllers } from "../../src/controllers/all.ts";
import { connectionOf } from "../../src/runtime/http/connection.ts";
import { createRestClient } from "../../src/runtime/http/rest-client.ts";
import { createLogger } from "../../src/runtime/logger.ts";
import { createMetrics } from "../../src/runtime/metrics.ts";
import { Operator } from "../../src/runtime/operator.ts";
import { ApiRequests } from "./api-requests.ts";
import type { EngineAddresses } from "./engine-set.ts";

const images = {
  collector: "images.test/collector:1",
  spark: "images.test/spark:1",
  trino: "images.test/trino:1",
  flightGateway: "images.test/flight-gateway:1",
  profileApi: "images.test/profile-api:1",
};
const stopWithinSeconds = 5;

/** Nobody answers there. */
const NOBODY = "http://localhost:1";

export interface TestOperatorOptions {
  /** Every resource is looked at again after this time. */
  readonly resyncSeconds: number;
  /** Base address of the administration of HBase, where there is one. */
  readonly hbaseAdminUrl?: string;
}

/** An operator that has started. */
export class TestOperator {
  /** What a test asks of the API server and does there itself. */
  readonly requests = new ApiRequests(inject("apiServer"));
  /** Every line that was logged. */
  readonly logged: string[] = [];
  readonly metrics = createMetrics();
  readonly #config = new KubeConfig();
  readonly #connection: ReturnType<typeof connectionOf>;
  readonly #operator: Operator;
  readonly #connections: ReturnType<typeof registerControllers>;

  private constructor(
    namespaces: readonly string[],
    { resyncSeconds, hbaseAdminUrl = NOBODY }: TestOperatorOptions,
  ) {
    this.#config.loadFromFile(inject("apiServer").kubeconfig);
    this.#connection = connectionOf(this.#config);
    const rest = createRestClient(this.#connection, this.metrics);
    this.#operator = new Operator({
      rest,
      metrics: this.metrics,
      logger: createLogger("debug", { write: (line: string) => void this.logged.push(line) }),
      watchNamespaces: namespaces,
      resyncSeconds,
      instance: "integration-test",
    });
    this.#connections = registerControllers(this.#operator, {
      rest,
      images,
      operatorNamespace: namespaces[0] ?? "default",
      sqlPlannerUrl: NOBODY,
      hbaseAdminUrl,
    });
  }

  /** Makes the namespaces and starts. */
  static async start(namespaces: readonly string[], options: TestOperatorOptions): Promise<TestOperator> {
    const started = new TestOperator(namespaces, options);
    for (const namespace of namespaces) await started.requests.createNamespace(namespace);
    void started.#operator.run();
    return started;
  }

  async stop(): Promise<void> {
    await this.#operator.stop(stopWithinSeconds);
    await Promise.all([this.#connections.close(), this.#connection.close()]);
    await this.requests.close();
  }

  async applySecret(
    namespace: string,
    name: string,
    values: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<void> {
    await this.requests.apply(`/api/v1/namespaces/${namespace}/secrets/${name}`, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name },
      data: Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]),
      ),
    });
  }

  /** Makes the Secret `s3-credentials` with the object store's keys; returns the spec of a platform at the engines of the test run. */
  async preparePlatform(namespace: string): Promise<PlatformSpec> {
    const engines = inject("engines");
    const { accessKeyId, secretAccessKey } = engines.storage;
    await this.applySecret(namespace, "s3-credentials", { accessKeyId, secretAccessKey });
    return platformSpec(engines);
  }
}

/** The parts of a DataPlatform's spec that tests change. */
export interface PlatformSpec {
  readonly kafka: object;
  readonly storage: object;
  readonly catalog: object;
  readonly hbase?: object;
}

/** A DataPlatform at the engines of the test run. */
export function platformSpec(engines: EngineAddresses): PlatformSpec {
  const { endpoint, region, bucket } = engines.storage;
  return {
    kafka: { bootstrapServers: engines.kafka.bootstrapServers },
    storage: { endpoint, region, bucket, credentialsSecretRef: { name: "s3-credentials" } },
    catalog: { uri: engines.catalog.uri },
  };
}
