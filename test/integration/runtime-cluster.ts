/** What the tests of the runtime need of a real API server: a kind of their own, and operators in this process. */
import { KubeConfig } from "@kubernetes/client-node";
import { createLogger } from "../../src/runtime/logger.ts";
import { connectionOf } from "../../src/runtime/http/connection.ts";
import { createMetrics } from "../../src/runtime/metrics.ts";
import type { KubernetesObject, ResourceType } from "../../src/api/objects.ts";
import { Operator } from "../../src/runtime/operator.ts";
import type { OperatorEnd, OperatorOptions } from "../../src/runtime/operator.ts";
import { createRestClient, resourcePath } from "../../src/runtime/http/rest-client.ts";
import type { RestClient } from "../../src/runtime/http/rest-client.ts";
import { until } from "../../src/testing/until.ts";
import { widgetController, WIDGETS } from "../../src/testing/runtime/widgets.ts";
import type { FakeSystem, Widget, WidgetPhases } from "../../src/testing/runtime/widgets.ts";

const DEFINITIONS: ResourceType = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
};
const NAMESPACES: ResourceType = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

const CONDITION = {
  type: "object",
  required: ["type", "status"],
  properties: {
    type: { type: "string" },
    status: { type: "string" },
    reason: { type: "string" },
    message: { type: "string" },
    observedGeneration: { type: "integer" },
    lastTransitionTime: { type: "string", format: "date-time" },
  },
};

const WIDGET_SCHEMA = {
  type: "object",
  properties: {
    spec: { type: "object", properties: { size: { type: "integer" } } },
    status: {
      type: "object",
      properties: {
        observedGeneration: { type: "integer" },
        thingSize: { type: "integer" },
        conditions: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["type"],
          items: CONDITION,
        },
      },
    },
  },
};

/** What a test chooses of an operator. */
export interface OperatorChoices extends Partial<OperatorOptions> {
  readonly phases?: WidgetPhases;
  /** URL in place of that of the kubeconfig. */
  readonly server?: string;
}

/** An object as somebody writes it into a file. */
export interface UserObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

/** One process's worth of operator, within this process. */
export interface WidgetOperator {
  readonly operator: Operator;
  readonly metrics: ReturnType<typeof createMetrics>;
  readonly end: Promise<OperatorEnd>;
  stop(): Promise<void>;
}

/** A user with a kubeconfig. */
export class RuntimeCluster {
  readonly rest: RestClient;
  readonly #kubeconfig: string;
  readonly #connection: ReturnType<typeof connectionOf>;

  constructor(kubeconfig: string) {
    this.#kubeconfig = kubeconfig;
    this.#connection = connectionTo(kubeconfig);
    this.rest = createRestClient(this.#connection, createMetrics());
  }

  async installWidgets(): Promise<void> {
    const { group, version, kind, plural } = WIDGETS;
    const versions = [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: WIDGET_SCHEMA },
      },
    ];
    const name = `${plural}.${group}`;
    await this.apply(DEFINITIONS, {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name },
      spec: {
        group,
        scope: "Namespaced",
        names: { kind, plural, singular: "widget", listKind: "WidgetList" },
        versions,
      },
    });
    await until(
      async () =>
        this.find(WIDGETS, { namespace: "default", name: "none" }).then(
          () => true,
          () => false,
        ),
      () => `${name} is not served`,
      20_000,
    );
  }

  async createNamespace(name: string): Promise<void> {
    await this.apply(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }

  putWidget(
    key: { namespace: string; name: string },
    size: number,
    metadata: object = {},
  ): Promise<KubernetesObject> {
    return this.apply(WIDGETS, {
      apiVersion: "example.io/v1",
      kind: "Widget",
      metadata: { ...key, ...metadata },
      spec: { size },
    });
  }

  /** As a user would: server-side apply with a manager of his own. */
  apply(type: ResourceType, object: UserObject): Promise<KubernetesObject> {
    const path = resourcePath(type, object.metadata);
    return this.rest.json({
      verb: "apply",
      path,
      query: { fieldManager: "user", force: true },
      body: object,
    });
  }

  /** The object, or undefined when there is none or the kind is not served yet. */
  async find<T extends KubernetesObject>(
    type: ResourceType,
    key: { namespace: string; name: string },
  ): Promise<T | undefined> {
    const list = await this.rest.json<{ items: T[] }>({
      verb: "list",
      path: resourcePath(type, { namespace: key.namespace }),
      query: { fieldSelector: `metadata.name=${key.name}` },
    });
    return list.items[0];
  }

  findWidget(key: { namespace: string; name: string }): Promise<Widget | undefined> {
    return this.find<Widget>(WIDGETS, key);
  }

  /** Waits until the Widget is Ready for its present generation; returns it. */
  async untilReady(key: { namespace: string; name: string }, deadlineMs = 20_000): Promise<Widget> {
    let last: Widget | undefined;
    await until(
      async () => {
        last = await this.findWidget(key).catch(() => last);
        const ready = last?.status?.conditions?.find((condition) => condition.type === "Ready");
        return ready?.status === "True" && ready.observedGeneration === last?.metadata.generation;
      },
      () => `${key.name} is not Ready: ${JSON.stringify(last)}`,
      deadlineMs,
    );
    if (last === undefined) throw new Error("unreachable");
    return last;
  }

  /** Starts an operator for Widgets. */
  startOperator(system: FakeSystem, options: OperatorChoices = {}): WidgetOperator {
    const { phases, server, ...rest } = options;
    const connection = connectionTo(this.#kubeconfig, server);
    const metrics = createMetrics();
    const operator = new Operator({
      rest: createRestClient(connection, metrics),
      metrics,
      logger: createLogger("silent"),
      watchNamespaces: [],
      resyncSeconds: 120,
      instance: "test",
      ...rest,
    });
    operator.register(widgetController(system, phases));
    const end = operator.run();
    const stop = async (): Promise<void> => {
      await operator.stop(5);
      await connection.close();
    };
    return { operator, metrics, end, stop };
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

function connectionTo(kubeconfig: string, server?: string): ReturnType<typeof connectionOf> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (server !== undefined) config.clusters = config.clusters.map((each) => ({ ...each, server }));
  return connectionOf(config);
}

/** Requests of an operator so far that change something, leases and Events left out of neither. */
export async function writeCount(running: WidgetOperator): Promise<number> {
  const { values } = await running.metrics.apiRequests.get();
  return values
    .filter(({ labels }) => !["get", "list", "watch"].includes(String(labels["verb"])))
    .reduce((sum, { value }) => sum + value, 0);
}
