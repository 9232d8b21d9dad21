/** For tests: passes of one controller, run by hand, against an API server in this process and systems in memory. */
import type { CommonStatus, Condition } from "../api/conditions.ts";
import type { KubernetesObject, ResourceType } from "../api/objects.ts";
import { apiVersionOf, NAMESPACES } from "../api/objects.ts";
import type { DataPlatform } from "../crds/kinds.ts";
import { dataPlatformKind, PLATFORM_COMPONENTS } from "../crds/kinds.ts";
import { componentsOf, conditionOf } from "../platform/components.ts";
import type { Identities } from "../platform/identity.ts";
import { componentSecretsHash } from "../workloads/secrets.ts";
import type { Component } from "../platform/references.ts";
import { referencesOf } from "../platform/references.ts";
import type { SecretObject } from "../platform/secret-reader.ts";
import { SECRET_TYPE } from "../platform/secret-reader.ts";
import type { CacheScope } from "../runtime/cache/caches.ts";
import type { Controller, CustomResource } from "../runtime/controller.ts";
import { createReconciler } from "../runtime/pass/driver.ts";
import type { NextPass } from "../runtime/queue/queue.ts";
import { FakeApiServer } from "./runtime/fake-api-server.ts";
import type { FakeRequest } from "./runtime/fake-api-server.ts";
import type { FakeAddress, FakeObject } from "./runtime/fake-store.ts";
import { HOME, startProcess } from "./scenario-process.ts";
import type { CreateController, Process, ScenarioSystems } from "./scenario-process.ts";
import { FakeAirflow } from "./airflow.ts";
import { FakeLineageReceiver } from "./lineage.ts";
import { FakeHBase } from "./hbase.ts";
import { FakeBucket, FakeCatalog, FakeKafka, PLATFORM, valueFor } from "./systems.ts";
import { requireDeclared } from "./undeclared-fields.ts";
import { until } from "./until.ts";

const EVENTS = "events.k8s.io/v1/events";

/** A namespace with one controller's resources. Its process can be replaced by a new one. */
export class Scenario {
  readonly api: FakeApiServer;
  readonly kafka = new FakeKafka();
  readonly catalog = new FakeCatalog();
  readonly bucket = new FakeBucket();
  readonly otherBuckets = new Map<string, FakeBucket>();
  readonly airflow = new FakeAirflow();
  readonly lineage = new FakeLineageReceiver();
  readonly hbase = new FakeHBase();
  readonly leadership = { isLeading: true };
  now = new Date("2026-01-01T00:00:00.500Z");
  readonly #platform: DataPlatform;
  readonly #namespace: string;
  readonly #create: CreateController;
  #process: Process;
  #isStale = false;
  #isCrashed = false;

  private constructor(api: FakeApiServer, platform: DataPlatform, create: CreateController) {
    this.api = api;
    this.#platform = platform;
    this.#namespace = platform.metadata.namespace ?? "";
    this.#create = create;
    this.#process = this.#startProcess();
  }

  /** A namespace with a platform and its Secrets; the controller gets connections to the scenario's systems. */
  static async start<
    Resource extends CustomResource<unknown, CommonStatus>,
    Observed,
    Validated,
    Plan,
    Applied,
    Status extends CommonStatus,
  >(
    create: (systems: ScenarioSystems) => Controller<Resource, Observed, Validated, Plan, Applied, Status>,
    platform: DataPlatform = PLATFORM,
  ): Promise<Scenario> {
    const api = await FakeApiServer.start();
    const scenario = new Scenario(api, platform, (systems) => {
      const controller = create(systems);
      return {
        kind: controller.kind,
        watches: controller.watches ?? [],
        reconcilerWith: (options) => createReconciler(controller, options),
      };
    });
    const metadata = { name: scenario.#namespace };
    scenario.put(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata });
    scenario.put(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
    scenario.airflow.cluster = scenario.find(NAMESPACES, "kube-system", "")?.metadata.uid ?? "";
    scenario.putPlatform();
    await scenario.#process.caches.whenSynced();
    return scenario;
  }

  /** The process ends, wherever it was, and another one begins. */
  async restart(): Promise<void> {
    await this.#process.stop();
    this.api.intercept = () => undefined;
    this.#isStale = false;
    this.#isCrashed = false;
    this.#process = this.#startProcess();
    await this.#process.caches.whenSynced();
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    await this.api.stop();
  }

  putPlatform(): void {
    const { namespace = "", name } = this.#platform.metadata;
    this.put(dataPlatformKind, { ...this.#platform, metadata: { namespace, name } });
    const values = new Map<string, Record<string, string>>();
    for (const reference of referencesOf(this.#platform.spec, PLATFORM_COMPONENTS)) {
      const { secret, key } = reference;
      values.set(secret, { ...values.get(secret), [key]: valueFor(reference) });
    }
    for (const [name, held] of values) this.putSecret(name, held);
  }

  /** What the platform's controller notes when these systems answer with the Secrets as they are now. */
  async provePlatform(systems: readonly Component[] = PLATFORM_COMPONENTS): Promise<void> {
    const { name } = this.#platform.metadata;
    const held = this.find(dataPlatformKind, name) as unknown as DataPlatform;
    const platform = await this.#process.platforms.readSecrets(held, { hide: () => undefined });
    const named = componentsOf(this.#platform.spec);
    const components = named.map((system) => {
      const before = held.status?.components?.find((component) => component.name === system);
      const secretsHash = systems.includes(system)
        ? componentSecretsHash(platform, system)
        : before?.secretsHash;
      return { name: system, reachable: systems.includes(system), secretsHash, message: "403 Forbidden" };
    });
    const conditions = named.map((system) => ({
      type: conditionOf(system),
      reason: systems.includes(system) ? "Succeeded" : "Unauthorized",
    }));
    this.putStatus(name, { components, conditions }, dataPlatformKind);
  }

  /** Makes a Secret of these values, or changes it. */
  putSecret(name: string, values: Readonly<Record<string, string>>): void {
    const encoded = Object.entries(values).map(
      ([key, value]) => [key, Buffer.from(value).toString("base64")] as const,
    );
    const secret: SecretObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: this.#namespace, name },
      data: Object.fromEntries(encoded),
    };
    this.put(SECRET_TYPE, secret);
  }

  /** Applies an object as a user would. */
  put(type: ResourceType, object: KubernetesObject): void {
    this.api.store.apply(addressOf(type, object.metadata), object as FakeObject, undefined);
  }

  /** Applies a resource of the controller's kind, in the scenario's namespace unless told otherwise. */
  putResource(name: string, spec: object, metadata: object = {}): void {
    const { kind } = this.#process.controller;
    const object = {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: { namespace: this.#namespace, name, ...metadata },
      spec,
    };
    this.put(kind, object);
  }

  /** What another process left in the status; of the controller's kind unless told otherwise. */
  putStatus(name: string, status: object, type: ResourceType = this.#process.controller.kind): void {
    this.#putStatus({ namespace: this.#namespace, name }, status, type);
  }

  /** What the probes of a platform found its systems to be. */
  putIdentities(
    platform: { readonly namespace: string; readonly name: string },
    identities: Identities,
  ): void {
    const at = addressOf(dataPlatformKind, platform);
    const components = Object.entries(identities).map(([name, identity]) => ({
      name,
      identity,
      reachable: true,
    }));
    const observedGeneration = this.api.store.get(at).metadata.generation;
    this.#putStatus(platform, { observedGeneration, components }, dataPlatformKind);
  }

  #putStatus(
    key: { readonly namespace: string; readonly name: string },
    status: object,
    type: ResourceType,
  ): void {
    const at = addressOf(type, key);
    this.api.store.apply(at, { ...this.api.store.get(at), status }, "status");
  }

  /** Changes an object as somebody else would. */
  change(type: ResourceType, name: string, change: (object: Record<string, unknown>) => void): void {
    const at = addressOf(type, { namespace: this.#namespace, name });
    const copy = structuredClone(this.api.store.get(at)) as Record<string, unknown>;
    change(copy);
    this.api.store.update(at, copy as unknown as FakeObject);
  }

  deleteResource(name: string): void {
    this.delete(this.#process.controller.kind, name);
  }

  delete(type: ResourceType, name: string, namespace: string = this.#namespace): void {
    this.api.store.delete(addressOf(type, { namespace, name }), undefined);
  }

  /** The namespace is being deleted from now on. */
  terminateNamespace(): void {
    const metadata = { name: this.#namespace, deletionTimestamp: "2026-01-01T00:00:00Z" };
    this.put(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata });
  }

  /** Lets time pass. */
  wait(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000);
  }

  resource(name: string, namespace: string = this.#namespace): FakeObject | undefined {
    return this.find(this.#process.controller.kind, name, namespace);
  }

  find(type: ResourceType, name: string, namespace: string = this.#namespace): FakeObject | undefined {
    return this.api.store.find(addressOf(type, { namespace, name }));
  }

  /** `Kind/name` of what the controller watches in the namespace, but for resources of its own kind; sorted. */
  children(): readonly string[] {
    const { kind, watches } = this.#process.controller;
    const types = new Map(watches.map(({ type }) => [type.kind, type]));
    const others = [...types.values()].filter(
      (type) => type.kind !== kind.kind && type.kind !== dataPlatformKind.kind,
    );
    return others
      .flatMap((type) => this.#held(type).map(({ metadata }) => `${type.kind}/${metadata.name}`))
      .sort();
  }

  status(name: string): Readonly<Record<string, unknown>> {
    return (this.resource(name)?.["status"] ?? {}) as Readonly<Record<string, unknown>>;
  }

  /** `Ready=False InvalidSpec: message` */
  ready(name: string): string {
    return this.condition(name, "Ready");
  }

  /** Like `ready`, of any condition. */
  condition(name: string, type: string): string {
    const conditions = (this.status(name)["conditions"] ?? []) as readonly Condition[];
    const found = conditions.find((condition) => condition.type === type);
    return found === undefined ? "not judged" : `${type}=${found.status} ${found.reason}: ${found.message}`;
  }

  /** One pass, with a cache that is up to date and all Events written. */
  async pass(name: string): Promise<NextPass> {
    await this.#settle();
    const next = await this.#process.reconcile({ namespace: this.#namespace, name });
    await this.#process.events.flush();
    requireDeclared(this.#process.controller.kind.kind, this.resource(name)?.["status"]);
    return next;
  }

  /** One pass of a process that may die in it: nothing is waited for, as nothing may arrive any more. */
  async passUntilCrash(name: string): Promise<void> {
    if (!this.#isCrashed) await this.#settle();
    await this.#process.reconcile({ namespace: this.#namespace, name });
  }

  /** Passes until the resource is ready; how many it took. */
  async passUntilReady(name: string): Promise<number> {
    for (let passes = 1; passes <= 10; passes += 1) {
      await this.pass(name);
      if (this.ready(name).startsWith("Ready=True")) return passes;
    }
    throw new Error(`not ready after 10 passes: ${this.ready(name)}`);
  }

  /** `apply Deployment web-collector`: what `work` writes, but for status, finalizers and Events. */
  async writesDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = this.#childWrites().length;
    await work();
    const kinds = new Map(
      this.#process.controller.watches.map(({ type }) => [collectionOf(type), type.kind] as const),
    );
    return this.#childWrites()
      .slice(before)
      .map(({ verb, collection, name = "" }) => `${verb} ${kinds.get(collection) ?? collection} ${name}`);
  }

  /** The next `count` writes of children succeed; then nothing that the process sends arrives any more. */
  crashAfter(count: number): void {
    let left = count;
    this.api.intercept = (request) => {
      if (this.#isChildWrite(request)) left -= 1;
      this.#isCrashed = left < 0;
      return this.#isCrashed ? { kind: "reset" } : undefined;
    };
  }

  /** From now on the caches show what is there at this moment, but for resources of the controller's kind. */
  freezeCaches(): void {
    this.#isStale = true;
    const own = collectionOf(this.#process.controller.kind);
    for (const watch of this.api.watches) if (watch.request.collection !== own) watch.freeze();
  }

  thawCaches(): void {
    this.#isStale = false;
    for (const watch of this.api.watches) if (watch.isOpen) watch.destroy();
  }

  /** `type reason: note` of every Event about a resource, in order. */
  events(): string[] {
    return this.#eventsIn((namespace) => namespace !== HOME);
  }

  /** The Events in the operator's own namespace. */
  eventsAtHome(): string[] {
    return this.#eventsIn((namespace) => namespace === HOME);
  }

  #eventsIn(isMeant: (namespace: string | undefined) => boolean): string[] {
    return this.api.writes
      .filter((request) => request.collection === EVENTS && isMeant(request.namespace))
      .map((request) => request.body as { type: string; reason: string; note: string })
      .map((event) => `${event.type} ${event.reason}: ${event.note}`);
  }

  #startProcess(): Process {
    return startProcess(this, this.#create);
  }

  /** Waits until the caches show what the server holds. */
  async #settle(): Promise<void> {
    const { kind, watches } = this.#process.controller;
    const scopes = this.#isStale
      ? [{ type: kind }]
      : [{ type: kind }, { type: dataPlatformKind }, ...watches];
    const isSettled = (): boolean => scopes.every((scope) => this.#isSettled(scope));
    await until(isSettled, () => "the caches do not show what the server holds");
  }

  #isSettled({ type, labelSelector }: CacheScope): boolean {
    const version = (object: KubernetesObject): string =>
      `${object.metadata.uid} ${object.metadata.resourceVersion}`;
    const held = this.#held(type, labelSelector).map(version).toSorted();
    const cached = this.#process.caches.cachedList(type).map(version).toSorted();
    return JSON.stringify(cached) === JSON.stringify(held);
  }

  #held(type: ResourceType, labelSelector = ""): readonly KubernetesObject[] {
    const query = new URLSearchParams({ labelSelector });
    const list = this.api.store.list({ collection: collectionOf(type) }, query);
    return (list as { items: readonly KubernetesObject[] }).items;
  }

  #childWrites(): readonly FakeRequest[] {
    return this.api.writes.filter((request) => this.#isChildWrite(request));
  }

  #isChildWrite({ verb, collection, subresource }: FakeRequest): boolean {
    const isOther = collection !== EVENTS && collection !== collectionOf(this.#process.controller.kind);
    return isOther && subresource === undefined && (verb === "apply" || verb === "delete");
  }
}

function collectionOf(type: ResourceType): string {
  return `${apiVersionOf(type)}/${type.plural}`;
}

function addressOf(
  type: ResourceType,
  { namespace = "", name }: { readonly namespace?: string; readonly name: string },
): FakeAddress {
  return { collection: collectionOf(type), namespace, name };
}
