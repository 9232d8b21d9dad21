/** For tests: passes of one controller, run by hand, against an API server in this process and systems in memory. */
import type { CommonStatus, Condition } from "../api/conditions.ts";
import { Caches } from "../runtime/cache/caches.ts";
import { plainConnection } from "../runtime/http/connection.ts";
import type { Controller, CustomResource } from "../runtime/controller.ts";
import { createReconciler } from "../runtime/pass/driver.ts";
import type { DriverOptions, ReconcileKey } from "../runtime/pass/driver.ts";
import { createEventRecorder } from "../runtime/pass/event-recorder.ts";
import type { EventRecorder } from "../runtime/pass/event-recorder.ts";
import { createLogger } from "../runtime/logger.ts";
import { createMetrics } from "../runtime/metrics.ts";
import type { KubernetesObject, ResourceType } from "../api/objects.ts";
import type { NextPass } from "../runtime/queue/queue.ts";
import { createRestClient } from "../runtime/http/rest-client.ts";
import { FakeApiServer } from "./runtime/fake-api-server.ts";
import type { FakeObject } from "./runtime/fake-store.ts";
import { until } from "./until.ts";
import { PlatformReader } from "../platform/platform.ts";
import type { SecretObject } from "../platform/secret-reader.ts";
import { SECRET_TYPE, SecretReader } from "../platform/secret-reader.ts";
import { findObject } from "../runtime/http/api-client.ts";
import type { SystemAccess } from "../targets/clients.ts";
import { createSystemClients } from "../targets/clients.ts";
import { dataPlatformKind } from "../crds/kinds.ts";
import { FakeBucket, FakeCatalog, FakeKafka, NAMESPACE, PLATFORM } from "./systems.ts";

const NAMESPACES: ResourceType = {
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
};

/** A controller whose types are forgotten. */
interface AnyController {
  readonly kind: ResourceType;
  readonly reconcilerWith: (options: DriverOptions) => ReconcileKey;
}

/** One "process" of the operator with one controller. */
export class Scenario {
  readonly api: FakeApiServer;
  readonly kafka = new FakeKafka();
  readonly catalog = new FakeCatalog();
  readonly bucket = new FakeBucket();
  readonly leadership = { isLeading: true };
  now = new Date("2026-01-01T00:00:00.500Z");
  readonly #type: ResourceType;
  readonly #caches: Caches;
  readonly #connection: ReturnType<typeof plainConnection>;
  readonly #events: EventRecorder;
  readonly #reconcile: ReconcileKey;
  readonly #stopping = new AbortController();

  private constructor(api: FakeApiServer, create: (systems: SystemAccess) => AnyController) {
    this.api = api;
    this.#connection = plainConnection(api.url);
    const metrics = createMetrics();
    const logger = createLogger("silent");
    const rest = createRestClient(this.#connection, metrics);
    const { leadership } = this;
    const secrets = new SecretReader(
      (key) => findObject<SecretObject>(rest, { type: SECRET_TYPE, key }),
      () => this.now.getTime(),
    );
    const { kind, reconcilerWith } = create({
      platforms: new PlatformReader(secrets),
      clients: createSystemClients({
        kafka: () => this.kafka,
        storage: () => this.bucket,
        catalog: () => this.catalog,
      }),
    });
    this.#type = kind;
    this.#caches = new Caches({ rest, metrics, logger }, []);
    for (const watched of [kind, dataPlatformKind]) this.#caches.watch({ type: watched }, () => undefined);
    this.#events = createEventRecorder({ rest, leadership, metrics, logger, instance: "test" });
    this.#reconcile = reconcilerWith({
      access: { rest, caches: this.#caches, leadership, fieldManager: "test", applied: new Map() },
      events: this.#events,
      metrics,
      logger,
      resyncSeconds: 120,
      stopSignal: this.#stopping.signal,
      now: () => this.now,
    });
    this.#caches.start();
  }

  /** A namespace with a platform and its Secret; the controller gets connections to the scenario's systems. */
  static async start<
    Resource extends CustomResource<unknown, CommonStatus>,
    Observed,
    Validated,
    Plan,
    Applied,
    Status extends CommonStatus,
  >(
    create: (systems: SystemAccess) => Controller<Resource, Observed, Validated, Plan, Applied, Status>,
  ): Promise<Scenario> {
    const api = await FakeApiServer.start();
    const scenario = new Scenario(api, (systems) => {
      const controller = create(systems);
      return {
        kind: controller.kind,
        reconcilerWith: (options) => createReconciler(controller, options),
      };
    });
    scenario.put(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    scenario.putPlatform();
    await scenario.#caches.whenSynced();
    return scenario;
  }

  putPlatform(): void {
    this.put(dataPlatformKind, PLATFORM);
    this.putSecret("s3", { accessKeyId: "access-key", secretAccessKey: "secret-key" });
  }

  /** Makes a Secret of these values, or changes it. */
  putSecret(name: string, values: Readonly<Record<string, string>>): void {
    const encoded = Object.entries(values).map(
      ([key, value]) => [key, Buffer.from(value).toString("base64")] as const,
    );
    const metadata = { namespace: NAMESPACE, name };
    const secret: SecretObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      data: Object.fromEntries(encoded),
    };
    this.put(SECRET_TYPE, secret);
  }

  /** Applies an object as a user would. */
  put(type: ResourceType, object: KubernetesObject): void {
    this.api.store.apply(this.#addressOf(type, object.metadata), object as FakeObject, undefined);
  }

  /** Applies a resource of the controller's kind, in the scenario's namespace unless told otherwise. */
  putResource(name: string, spec: object, metadata: object = {}): void {
    const { group, version, kind } = this.#type;
    const object = {
      apiVersion: `${group}/${version}`,
      kind,
      metadata: { namespace: NAMESPACE, name, ...metadata },
      spec,
    };
    this.put(this.#type, object);
  }

  /** What another process left in the status. */
  putStatus(name: string, status: object): void {
    const held = this.resource(name);
    if (held === undefined) throw new Error(`no resource "${name}"`);
    this.api.store.apply(this.#addressOf(this.#type, held.metadata), { ...held, status }, "status");
  }

  deleteResource(name: string): void {
    this.api.store.delete(this.#addressOf(this.#type, { namespace: NAMESPACE, name }), undefined);
  }

  delete(type: ResourceType, name: string, namespace: string = NAMESPACE): void {
    this.api.store.delete(this.#addressOf(type, { namespace, name }), undefined);
  }

  /** The namespace is being deleted from now on. */
  terminateNamespace(): void {
    const metadata = { name: NAMESPACE, deletionTimestamp: "2026-01-01T00:00:00Z" };
    this.put(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata });
  }

  resource(name: string, namespace: string = NAMESPACE): FakeObject | undefined {
    return this.api.store.find(this.#addressOf(this.#type, { namespace, name }));
  }

  status(name: string): Readonly<Record<string, unknown>> {
    return (this.resource(name)?.["status"] ?? {}) as Readonly<Record<string, unknown>>;
  }

  /** `Ready=False InvalidSpec: message` */
  ready(name: string): string {
    const conditions = (this.status(name)["conditions"] ?? []) as readonly Condition[];
    const ready = conditions.find((condition) => condition.type === "Ready");
    return ready === undefined ? "not judged" : `Ready=${ready.status} ${ready.reason}: ${ready.message}`;
  }

  /** One pass, with a cache that is up to date and all Events written. */
  async pass(name: string): Promise<NextPass> {
    await this.#settle();
    const next = await this.#reconcile({ namespace: NAMESPACE, name });
    await this.#events.flush();
    return next;
  }

  /** Passes until the resource is ready; how many it took. */
  async passUntilReady(name: string): Promise<number> {
    for (let passes = 1; passes <= 10; passes += 1) {
      await this.pass(name);
      if (this.ready(name).startsWith("Ready=True")) return passes;
    }
    throw new Error(`not ready after 10 passes: ${this.ready(name)}`);
  }

  /** `type reason: note` of every Event, in order. */
  events(): string[] {
    return this.api.writes
      .filter((request) => request.collection === "events.k8s.io/v1/events")
      .map((request) => request.body as { type: string; reason: string; note: string })
      .map((event) => `${event.type} ${event.reason}: ${event.note}`);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#caches.stop();
    await this.#connection.close();
    await this.api.stop();
  }

  /** Waits until the caches show what the server holds. */
  async #settle(): Promise<void> {
    await until(
      () => this.#isSettled(this.#type) && this.#isSettled(dataPlatformKind),
      () => "the caches do not show what the server holds",
    );
  }

  #isSettled(type: ResourceType): boolean {
    const version = (object: KubernetesObject): string =>
      `${object.metadata.uid} ${object.metadata.resourceVersion}`;
    const held = this.#held(type).map(version).toSorted();
    return JSON.stringify(this.#caches.cachedList(type).map(version).toSorted()) === JSON.stringify(held);
  }

  #held(type: ResourceType): readonly KubernetesObject[] {
    const list = this.api.store.list({ collection: collectionOf(type) }, new URLSearchParams());
    return (list as { items: readonly KubernetesObject[] }).items;
  }

  #addressOf(type: ResourceType, metadata: { readonly namespace?: string; readonly name: string }) {
    return { collection: collectionOf(type), namespace: metadata.namespace ?? "", name: metadata.name };
  }
}

function collectionOf({ group, version, plural }: ResourceType): string {
  return group === "" ? `${version}/${plural}` : `${group}/${version}/${plural}`;
}
