/**
 * An API server in memory for tests of controllers: server-side apply of one field manager, generations, uids, owner references,
 * and the three faults that break controllers (a crash after any write, a stale cache, a name that is taken).
 */
import { KubernetesError } from "../runtime/http/kubernetes-client.ts";
import type { ObjectIndex } from "../runtime/cache/object-index.ts";
import type { CachedListOptions, KubernetesClient } from "../runtime/http/kubernetes-client.ts";
import type { KubernetesObject, ResourceKey, ResourceType } from "../api/objects.ts";

type Fields = Record<string, unknown>;

/** Thrown in place of the write at which the process is to die. */
export class SimulatedCrash extends Error {
  override readonly name = "SimulatedCrash";
}

export class FakeKubernetes implements KubernetesClient {
  /** Verb and address of every write, like `apply Deployment web-collector`. */
  readonly writes: string[] = [];
  private readonly objects = new Map<string, KubernetesObject>();
  private applied = new Map<string, KubernetesObject>();
  private frozenCache: ReadonlyMap<string, KubernetesObject> | undefined;
  private version = 0;
  private writesUntilCrash = Number.POSITIVE_INFINITY;
  private readonly isHidden: (object: KubernetesObject) => boolean;

  /** The caches do not show what `isHidden` says; by default what lacks the operator's label. */
  constructor(isHidden: (object: KubernetesObject) => boolean = () => false) {
    this.isHidden = isHidden;
  }

  /** Puts an object there as if somebody else had written it. */
  seed(object: KubernetesObject): void {
    this.store(object.kind, object);
  }

  /** Changes an object as somebody else would, for instance its status. */
  change(kind: string, name: string, change: (object: Fields) => void): void {
    const id = this.find(kind, name);
    const object = this.objects.get(id);
    if (object === undefined) throw new Error(`no ${kind} "${name}"`);
    const copy = structuredClone(object) as unknown as Fields;
    change(copy);
    this.store(kind, copy as unknown as KubernetesObject);
  }

  remove(kind: string, name: string): void {
    this.objects.delete(this.find(kind, name));
  }

  /** The next `count` writes succeed, the one after them throws. */
  crashAfter(count: number): void {
    this.writesUntilCrash = count;
  }

  /** From now on the caches show what is there at this moment. */
  freezeCache(): void {
    this.frozenCache = new Map(this.objects);
  }

  thawCache(): void {
    this.frozenCache = undefined;
  }

  /** `Kind/name` of everything, sorted. */
  names(): readonly string[] {
    return [...this.objects.values()].map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
  }

  object(kind: string, name: string): KubernetesObject & Fields {
    const found = this.objects.get(this.find(kind, name));
    if (found === undefined) throw new Error(`no ${kind} "${name}", only ${this.names().join(", ")}`);
    return found as KubernetesObject & Fields;
  }

  cached<T extends KubernetesObject>(type: ResourceType, key: ResourceKey): T | undefined {
    const found = this.cache().get(idOf(type.kind, key));
    return found === undefined || this.isHidden(found) ? undefined : (found as T);
  }

  cachedList<T extends KubernetesObject>(type: ResourceType, options: CachedListOptions = {}): readonly T[] {
    return [...this.cache().values()].filter(
      (object) =>
        object.kind === type.kind &&
        !this.isHidden(object) &&
        (options.namespace === undefined || object.metadata.namespace === options.namespace) &&
        Object.entries(options.labels ?? {}).every(
          ([name, value]) => object.metadata.labels?.[name] === value,
        ),
    ) as unknown as readonly T[];
  }

  cachedBy<T extends KubernetesObject>(index: ObjectIndex<T>, value: string): readonly T[] {
    return this.cachedList<T>(index.type).filter((object) => index.valuesOf(object).includes(value));
  }

  async get<T extends KubernetesObject>(type: ResourceType, key: ResourceKey): Promise<T | undefined> {
    return this.objects.get(idOf(type.kind, key)) as T | undefined;
  }

  async apply<T extends KubernetesObject>(type: ResourceType, object: KubernetesObject): Promise<T> {
    this.write(`apply ${type.kind} ${object.metadata.name}`);
    const id = idOf(type.kind, keyOf(object));
    const before = this.objects.get(id);
    const dropped = withoutDropped(before, this.applied.get(id), object);
    this.applied.set(id, structuredClone(object));
    return this.store(type.kind, merge(dropped, object) as KubernetesObject) as T;
  }

  async delete(type: ResourceType, key: ResourceKey, options: { uid?: string } = {}): Promise<boolean> {
    this.write(`delete ${type.kind} ${key.name}`);
    const id = idOf(type.kind, key);
    const found = this.objects.get(id);
    if (found === undefined || (options.uid !== undefined && found.metadata.uid !== options.uid))
      return false;
    return this.objects.delete(id);
  }

  private cache(): ReadonlyMap<string, KubernetesObject> {
    return this.frozenCache ?? this.objects;
  }

  private find(kind: string, name: string): string {
    return [...this.objects.keys()].find((id) => id.startsWith(`${kind}/`) && id.endsWith(`/${name}`)) ?? "";
  }

  private write(what: string): void {
    if (this.writesUntilCrash <= 0) throw new SimulatedCrash(what);
    this.writesUntilCrash -= 1;
    this.writes.push(what);
  }

  private store(kind: string, object: KubernetesObject): KubernetesObject {
    const id = idOf(kind, keyOf(object));
    const before = this.objects.get(id);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(object)) return before;
    this.version += 1;
    const hasNewSpec = JSON.stringify(specOf(before)) !== JSON.stringify(specOf(object));
    const generation = (before?.metadata.generation ?? 0) + (hasNewSpec ? 1 : 0);
    const metadata = {
      uid: before?.metadata.uid ?? object.metadata.uid ?? `uid-${this.version}`,
      ...object.metadata,
      generation,
      resourceVersion: String(this.version),
    };
    const stored = deepFreeze({ ...object, kind, metadata });
    this.objects.set(id, stored);
    return stored;
  }
}

/** Refuses like the API server does. */
export function invalid(message: string): KubernetesError {
  return new KubernetesError("Invalid", message, { httpStatus: 422 });
}

function keyOf({ metadata }: KubernetesObject): ResourceKey {
  return { namespace: metadata.namespace ?? "", name: metadata.name };
}

function idOf(kind: string, key: ResourceKey): string {
  return `${kind}/${key.namespace}/${key.name}`;
}

function specOf(object: KubernetesObject | undefined): unknown {
  return Object.entries(object ?? {}).filter(([field]) => field !== "metadata" && field !== "status");
}

/** Fields that the manager had applied and now leaves out go away. */
function withoutDropped(live: unknown, last: unknown, next: unknown): unknown {
  if (!isRecord(live) || !isRecord(last) || !isRecord(next)) return live;
  const kept = Object.entries(live).filter(([field]) => !(field in last) || field in next);
  return Object.fromEntries(
    kept.map(([field, value]) => [field, withoutDropped(value, last[field], next[field])]),
  );
}

function merge(live: unknown, wanted: unknown): unknown {
  if (!isRecord(live) || !isRecord(wanted)) return structuredClone(wanted);
  const merged: Fields = { ...live };
  for (const [field, value] of Object.entries(wanted)) {
    if (value !== undefined) merged[field] = merge(live[field], value);
  }
  return merged;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
