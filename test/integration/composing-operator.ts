/**
 * The operator of a test, seen by all objects that it composes. The API server has no controllers of Kubernetes' own: the test plays
 * them where it wants workloads to become ready.
 */
import type { KindDefinition } from "../../src/crds/kinds.ts";
import { dataPlatformKind } from "../../src/crds/kinds.ts";
import type { Condition } from "../../src/api/conditions.ts";
import type { KubernetesObject, ResourceType } from "../../src/api/objects.ts";
import { resourcePath } from "../../src/runtime/http/rest-client.ts";
import { until } from "../../src/testing/until.ts";
import { TestOperator } from "../support/operator.ts";
import type { ApiRequests } from "../support/api-requests.ts";

/** Any object of the API server. */
export type SeenObject = KubernetesObject & {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };
};

const DEADLINE_MS = 60_000;

/** An operator that watches one namespace. */
export class ComposingOperator {
  readonly namespace: string;
  readonly requests: ApiRequests;
  readonly #operator: TestOperator;

  private constructor(namespace: string, operator: TestOperator) {
    this.namespace = namespace;
    this.requests = operator.requests;
    this.#operator = operator;
  }

  /** Makes the namespace and starts. Everything is looked at again every second. */
  static async start(namespace: string): Promise<ComposingOperator> {
    return new ComposingOperator(namespace, await TestOperator.start([namespace], { resyncSeconds: 1 }));
  }

  async stop(): Promise<void> {
    await this.#operator.stop();
  }

  /** A platform `main` at the engines of the test run, with its Secret. */
  async applyPlatform(): Promise<void> {
    await this.apply(dataPlatformKind, "main", await this.#operator.preparePlatform(this.namespace));
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

  /** Takes an object's owner away, as the garbage collector does in a deletion with `--cascade=orphan`. */
  async disown(type: ResourceType, name: string): Promise<void> {
    await this.requests.update<SeenObject>(this.#path(type, name), (object) => ({
      ...object,
      metadata: { ...object.metadata, ownerReferences: [] },
    }));
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
    const text = await this.#operator.metrics.registry.metrics();
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
      () =>
        `${what}; last seen: ${JSON.stringify(last.seen, null, 1)}\n${this.#operator.logged.slice(-30).join("")}`,
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
