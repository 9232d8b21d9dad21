/** The operator of a test, seen by the resources that it reconciles: applied, waited for, with the Events about them. */
import type { KindDefinition } from "../../src/crds/kinds.ts";
import { dataPlatformKind } from "../../src/crds/kinds.ts";
import type { Condition } from "../../src/api/conditions.ts";
import { until } from "../../src/testing/until.ts";
import { TestOperator, type PlatformSpec, type TestOperatorOptions } from "../support/operator.ts";
import type { ApiRequests } from "../support/api-requests.ts";

/** A custom resource as a test sees it. */
export interface SeenResource {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly finalizers?: readonly string[];
  };
  readonly status?: Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };
}

export interface SeenEvent {
  readonly type: string;
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string };
}

/** Namespace and name of a resource. */
export interface Address {
  readonly namespace: string;
  readonly name: string;
}

const DEADLINE_MS = 30_000;
const RESYNC_SECONDS = 2;

/** An operator that has started. */
export class RunningOperator {
  readonly #operator: TestOperator;
  readonly #requests: ApiRequests;

  private constructor(operator: TestOperator) {
    this.#operator = operator;
    this.#requests = operator.requests;
  }

  /** Makes the namespaces and starts. Resources are looked at again every 2 seconds unless told otherwise. */
  static async start(
    namespaces: readonly string[],
    options: Partial<TestOperatorOptions> = {},
  ): Promise<RunningOperator> {
    return new RunningOperator(
      await TestOperator.start(namespaces, { resyncSeconds: RESYNC_SECONDS, ...options }),
    );
  }

  async stop(): Promise<void> {
    await this.#operator.stop();
  }

  /** Every line that was logged. */
  get logged(): readonly string[] {
    return this.#operator.logged;
  }

  /** Makes the Secret with the object store's keys, and a platform that points at the engines of the test run unless told otherwise. */
  async applyPlatform(namespace: string, changes: Partial<PlatformSpec> = {}): Promise<void> {
    const spec = await this.#operator.preparePlatform(namespace);
    await this.apply(dataPlatformKind, { namespace, name: "main" }, { ...spec, ...changes });
  }

  async applySecret(
    namespace: string,
    name: string,
    values: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<void> {
    await this.#operator.applySecret(namespace, name, values);
  }

  async apply(kind: KindDefinition, at: Address, spec: unknown): Promise<void> {
    await this.#requests.apply(pathOf(kind, at), {
      apiVersion: `${kind.group}/${kind.version}`,
      kind: kind.kind,
      metadata: { name: at.name },
      spec,
    });
  }

  /** Sets annotations as `kubectl annotate` does. */
  async annotate(
    kind: KindDefinition,
    at: Address,
    annotations: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#requests.update<SeenResource>(pathOf(kind, at), (held) => ({
      ...held,
      metadata: { ...held.metadata, annotations },
    }));
  }

  async get(kind: KindDefinition, at: Address): Promise<SeenResource | undefined> {
    const answer = await this.#requests.send({ method: "GET", path: pathOf(kind, at) });
    return answer.code === 200 ? (answer.body as SeenResource) : undefined;
  }

  async delete(kind: KindDefinition, at: Address): Promise<void> {
    await this.#requests.mustSend({ method: "DELETE", path: pathOf(kind, at) });
  }

  /** The resource as soon as `check` holds; after the deadline an error that shows it with its events. */
  async waitFor(
    kind: KindDefinition,
    at: Address,
    check: (resource: SeenResource) => boolean,
  ): Promise<SeenResource> {
    const found = await this.#poll(kind, at, (resource) => resource !== undefined && check(resource));
    if (found === undefined) throw new Error(`${kind.kind} ${at.name} is gone`);
    return found;
  }

  async waitUntilReady(kind: KindDefinition, at: Address): Promise<SeenResource> {
    return this.waitFor(kind, at, (resource) => ready(resource)?.status === "True");
  }

  /** Waits until the resource is not ready for this reason. */
  async waitForReason(kind: KindDefinition, at: Address, reason: string): Promise<SeenResource> {
    return this.waitFor(kind, at, (resource) => {
      const condition = ready(resource);
      return condition?.status === "False" && condition.reason === reason;
    });
  }

  async waitUntilGone(kind: KindDefinition, at: Address): Promise<void> {
    await this.#poll(kind, at, (resource) => resource === undefined);
  }

  /** Events about a resource, oldest first. */
  async events({ namespace, name }: Address): Promise<readonly SeenEvent[]> {
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    const { items } = (await this.#requests.mustSend({ method: "GET", path })) as { items: SeenEvent[] };
    return items.filter((event) => event.regarding.name === name);
  }

  /** Waits for an Event; they are written beside the pass. */
  async waitForEvent(at: Address, reason: string, text: string): Promise<void> {
    let events: readonly SeenEvent[] = [];
    await until(
      async () => {
        events = await this.events(at);
        return events.some((event) => event.reason === reason && event.note.includes(text));
      },
      () => `no Event ${reason} with "${text}", but: ${JSON.stringify(events, null, 1)}`,
      DEADLINE_MS,
    );
  }

  async #poll(
    kind: KindDefinition,
    at: Address,
    check: (resource: SeenResource | undefined) => boolean,
  ): Promise<SeenResource | undefined> {
    let resource: SeenResource | undefined;
    await until(
      async () => {
        resource = await this.get(kind, at);
        return check(resource);
      },
      async () => this.#diagnosis(kind, at, resource),
      DEADLINE_MS,
    );
    return resource;
  }

  async #diagnosis(kind: KindDefinition, at: Address, resource: SeenResource | undefined): Promise<string> {
    const events = await this.events(at);
    const lines = this.logged.filter((line) => line.includes(at.name)).slice(-20);
    return [
      `${kind.kind} ${at.namespace}/${at.name} did not become as expected:`,
      JSON.stringify(resource, null, 1),
      ...events.map((event) => `${event.type} ${event.reason}: ${event.note}`),
      ...lines,
    ].join("\n");
  }
}

/** Condition Ready, as long as it speaks of the spec that is there now. */
export function ready(resource: SeenResource): Condition | undefined {
  return resource.status?.conditions?.find(
    ({ type, observedGeneration }) => type === "Ready" && observedGeneration === resource.metadata.generation,
  );
}

function pathOf(kind: KindDefinition, { namespace, name }: Address): string {
  return `/apis/${kind.group}/${kind.version}/namespaces/${namespace}/${kind.plural}/${name}`;
}
