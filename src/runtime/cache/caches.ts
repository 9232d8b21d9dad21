/** The informers of the process, one for each kind, selector and namespace, shared by all controllers; and reads from them. */
import { Informer } from "./informer.ts";
import type { InformerDependencies, InformerScope } from "./informer.ts";
import type { CachedListOptions, ObjectReader } from "../http/kubernetes-client.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { ObjectChange, ObjectStore } from "./object-store.ts";
import { apiVersionOf } from "../../api/objects.ts";
import type { KubernetesObject, ResourceKey, ResourceType } from "../../api/objects.ts";

/** What a controller asks to be watched. */
export type CacheScope = Omit<InformerScope, "namespace">;

export class Caches implements ObjectReader {
  readonly #dependencies: InformerDependencies;
  readonly #namespaces: readonly string[];
  readonly #informers = new Map<string, Informer>();
  readonly #labelIndexes = new Map<string, ObjectIndex>();

  /** `namespaces` empty = all. */
  constructor(dependencies: InformerDependencies, namespaces: readonly string[]) {
    this.#dependencies = dependencies;
    this.#namespaces = namespaces;
  }

  /** Watches a scope (once, however often it is asked for) and calls `listener` for each change. Before `start`. */
  watch(scope: CacheScope, listener: (change: ObjectChange) => void): void {
    for (const informerScope of this.#spreadOverNamespaces(scope)) {
      const id = scopeId(informerScope);
      const informer = this.#informers.get(id) ?? new Informer(informerScope, this.#dependencies);
      this.#informers.set(id, informer);
      informer.subscribe(listener);
    }
  }

  start(): void {
    for (const informer of this.#informers.values()) informer.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.stop()));
  }

  /** Resolves when every cache holds its first list. */
  async whenSynced(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.whenSynced()));
  }

  /** Kinds whose cache is still empty, for `/readyz`. */
  unsynced(): string[] {
    return [...this.#informers.values()].filter((each) => !each.isSynced).map((each) => each.scope.type.kind);
  }

  /** Kinds whose loop has done nothing for `seconds`, for `/healthz`. */
  stuckFor(seconds: number): string[] {
    return [...this.#informers.values()]
      .filter((informer) => informer.secondsSinceProgress > seconds)
      .map((informer) => informer.scope.type.kind);
  }

  /** Makes an own write readable at once. */
  noteOwnWrite(type: ResourceType, object: KubernetesObject): void {
    for (const informer of this.#informersOf(type)) {
      if (contains(informer.scope, object)) informer.noteOwnWrite(object);
    }
  }

  cached<T extends KubernetesObject>(type: ResourceType, key: ResourceKey): T | undefined {
    for (const informer of this.#watchedInformersOf(type)) {
      const object = informer.store.get(key);
      if (object !== undefined) return object as T;
    }
    return undefined;
  }

  cachedBy<T extends KubernetesObject>(index: ObjectIndex<T>, value: string): readonly T[] {
    return distinct(this.#watchedInformersOf(index.type).map(({ store }) => store.valuesBy(index, value)));
  }

  cachedList<T extends KubernetesObject>(type: ResourceType, options: CachedListOptions = {}): readonly T[] {
    const informers = this.#watchedInformersOf(type);
    const index = this.#labelIndexOf(type);
    const found = informers.map(({ store }) => {
      const rarest = rarestLabel(store, index, options.labels);
      return rarest === undefined ? store.values() : store.valuesBy(index, rarest);
    });
    return distinct<T>(found).filter((object) => matches(object, options));
  }

  #labelIndexOf(type: ResourceType): ObjectIndex {
    const id = typeId(type);
    const index = this.#labelIndexes.get(id) ?? { type, valuesOf: labelsOf };
    this.#labelIndexes.set(id, index);
    return index;
  }

  #watchedInformersOf(type: ResourceType): Informer[] {
    const informers = this.#informersOf(type);
    if (informers.length === 0) {
      throw new Error(
        `${type.kind} is not watched; name it in the controller's watches to read it from the cache`,
      );
    }
    return informers;
  }

  #informersOf(type: ResourceType): Informer[] {
    const wanted = typeId(type);
    return [...this.#informers.values()].filter((informer) => typeId(informer.scope.type) === wanted);
  }

  #spreadOverNamespaces(scope: CacheScope): InformerScope[] {
    if (this.#namespaces.length === 0 || scope.type.namespaced === false) return [scope];
    return this.#namespaces.map((namespace) => ({ ...scope, namespace }));
  }
}

function typeId(type: ResourceType): string {
  return `${apiVersionOf(type)}/${type.plural}`;
}

function scopeId(scope: InformerScope): string {
  return [typeId(scope.type), scope.namespace ?? "", scope.labelSelector ?? ""].join("|");
}

/** What several caches of a kind hold, each object once. */
function distinct<T extends KubernetesObject>(caches: readonly Iterable<KubernetesObject>[]): T[] {
  const [only, ...more] = caches;
  if (only !== undefined && more.length === 0) return [...only] as T[];
  const found = new Map<string, T>();
  for (const object of caches.flatMap((each) => [...each])) {
    found.set(object.metadata.uid ?? object.metadata.name, object as T);
  }
  return [...found.values()];
}

function labelsOf({ metadata }: KubernetesObject): readonly string[] {
  return Object.entries(metadata.labels ?? {}).map(([name, value]) => `${name}=${value}`);
}

/** Of these labels the one that fewest objects carry, as the index of labels has it; `undefined` without labels. */
function rarestLabel(
  store: ObjectStore,
  index: ObjectIndex,
  labels: Readonly<Record<string, string>> | undefined,
): string | undefined {
  const values = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return values.toSorted((one, other) => store.countBy(index, one) - store.countBy(index, other))[0];
}

function matches(object: KubernetesObject, options: CachedListOptions): boolean {
  if (options.namespace !== undefined && object.metadata.namespace !== options.namespace) return false;
  return Object.entries(options.labels ?? {}).every(
    ([name, value]) => object.metadata.labels?.[name] === value,
  );
}

/** Whether a scope would hold this object. Selectors other than `a=b,c=d` are left to the watch itself. */
function contains(scope: InformerScope, object: KubernetesObject): boolean {
  if (scope.namespace !== undefined && scope.namespace !== object.metadata.namespace) return false;
  const terms = (scope.labelSelector ?? "").split(",").filter((term) => term !== "");
  return terms.every((term) => {
    const [name, value, more] = term.split("=");
    if (name === undefined || value === undefined || more !== undefined || name.endsWith("!")) return false;
    return object.metadata.labels?.[name] === value;
  });
}
