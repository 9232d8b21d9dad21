/** The cache of one watch: objects by key, aware of UIDs and of the order of versions. No I/O. */
import { IndexTable } from "./object-index.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { KubernetesObject, ObjectMeta, ResourceKey, ResourceType } from "../../api/objects.ts";
import { apiVersionOf, formatKey, keyOf } from "../../api/objects.ts";

/** One difference between what the cache held and what it holds now. */
export type ObjectChange =
  | { readonly kind: "added"; readonly object: KubernetesObject }
  | { readonly kind: "updated"; readonly object: KubernetesObject; readonly previous: KubernetesObject }
  | { readonly kind: "deleted"; readonly object: KubernetesObject };

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

interface Entry {
  readonly object: KubernetesObject;
  /** Put there by an own write; the watch has not shown this version yet. */
  readonly isOwnWrite: boolean;
}

export class ObjectStore {
  readonly #type: ResourceType;
  readonly #entries = new Map<string, Entry>();
  readonly #tables = new Map<ObjectIndex, IndexTable>();
  #lastSeenVersion = -1;
  #isFilled = false;

  constructor(type: ResourceType) {
    this.#type = type;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: ResourceKey): KubernetesObject | undefined {
    return this.#entries.get(formatKey(key))?.object;
  }

  *values(): Generator<KubernetesObject> {
    for (const entry of this.#entries.values()) yield entry.object;
  }

  /** How many objects have a value in an index. */
  countBy(index: ObjectIndex, value: string): number {
    return this.#tableOf(index).keysOf(value).size;
  }

  /** The objects that have a value in an index. */
  *valuesBy(index: ObjectIndex, value: string): Generator<KubernetesObject> {
    for (const key of this.#tableOf(index).keysOf(value)) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) yield entry.object;
    }
  }

  /**
   * Takes a complete list in place of everything. A list is always believed, even when its versions are older than those
   * held (etcd restored from a backup); only own writes that came after it are kept.
   */
  replace(objects: readonly KubernetesObject[], listVersion: string): ObjectChange[] {
    const version = numericVersion(listVersion);
    const changes: ObjectChange[] = [];
    const listed = new Set<string>();
    for (const object of objects) {
      const key = formatKey(keyOf(object));
      listed.add(key);
      if (!this.#isNewerOwnWrite(key, version)) changes.push(...this.#put(key, this.#ingest(object), false));
    }
    for (const [key, entry] of [...this.#entries]) {
      if (listed.has(key) || this.#isNewerOwnWrite(key, version)) continue;
      this.#drop(key, entry.object);
      changes.push({ kind: "deleted", object: entry.object });
    }
    this.#lastSeenVersion = version;
    this.#isFilled = true;
    return changes;
  }

  /** Takes an ADDED or MODIFIED event. Replays and events older than what is held change nothing. */
  upsert(object: KubernetesObject): ObjectChange[] {
    this.observeVersion(object.metadata.resourceVersion);
    const key = formatKey(keyOf(object));
    const held = this.#entries.get(key);
    if (held !== undefined && !isNewer(object, held.object)) {
      if (versionOf(object) === versionOf(held.object))
        this.#entries.set(key, { ...held, isOwnWrite: false });
      return [];
    }
    return this.#put(key, this.#ingest(object), false);
  }

  /** Takes a DELETED event. That of a namesake which has been replaced since changes nothing. */
  remove(object: KubernetesObject): ObjectChange[] {
    this.observeVersion(object.metadata.resourceVersion);
    const key = formatKey(keyOf(object));
    const held = this.#entries.get(key);
    if (held === undefined || (isOther(object, held.object) && isNewer(held.object, object))) return [];
    this.#drop(key, held.object);
    return [{ kind: "deleted", object: held.object }];
  }

  /**
   * Takes the API server's answer to an own write, so that the next pass never reads what was before it. Ignored when the
   * watch has come further already: then the cache holds this version, a later one, or the object's absence.
   */
  noteOwnWrite(object: KubernetesObject): ObjectChange[] {
    const version = versionOf(object);
    if (!this.#isFilled || Number.isNaN(version) || version <= this.#lastSeenVersion) return [];
    const key = formatKey(keyOf(object));
    const held = this.#entries.get(key);
    if (held !== undefined && !isNewer(object, held.object)) return [];
    return this.#put(key, this.#ingest(object), true);
  }

  /** Notes how far the watch has come (bookmarks say so too). */
  observeVersion(resourceVersion: string | undefined): void {
    const version = numericVersion(resourceVersion);
    if (version > this.#lastSeenVersion) this.#lastSeenVersion = version;
  }

  #isNewerOwnWrite(key: string, version: number): boolean {
    const held = this.#entries.get(key);
    return held?.isOwnWrite === true && versionOf(held.object) > version;
  }

  #put(key: string, object: KubernetesObject, isOwnWrite: boolean): ObjectChange[] {
    const previous = this.#entries.get(key)?.object;
    this.#entries.set(key, { object, isOwnWrite });
    for (const table of this.#tables.values()) table.move(key, previous, object);
    if (previous === undefined) return [{ kind: "added", object }];
    if (isOther(object, previous)) {
      return [
        { kind: "deleted", object: previous },
        { kind: "added", object },
      ];
    }
    if (previous.metadata.resourceVersion === object.metadata.resourceVersion) return [];
    return [{ kind: "updated", object, previous }];
  }

  #drop(key: string, object: KubernetesObject): void {
    this.#entries.delete(key);
    for (const table of this.#tables.values()) table.move(key, object, undefined);
  }

  #tableOf(index: ObjectIndex): IndexTable {
    const held = this.#tables.get(index);
    if (held !== undefined) return held;
    const table = new IndexTable(index);
    for (const [key, { object }] of this.#entries) table.move(key, undefined, object);
    this.#tables.set(index, table);
    return table;
  }

  /** Objects of a list lack kind and apiVersion; managedFields and the last-applied text are often more than half of an object. */
  #ingest(object: KubernetesObject): KubernetesObject {
    const metadata: ObjectMeta & { managedFields?: unknown } = { ...object.metadata };
    delete metadata.managedFields;
    const annotations = without(metadata.annotations, LAST_APPLIED);
    return deepFreeze({
      ...object,
      apiVersion: apiVersionOf(this.#type),
      kind: this.#type.kind,
      metadata: annotations === undefined ? metadata : { ...metadata, annotations },
    });
  }
}

function without(
  record: Readonly<Record<string, string>> | undefined,
  name: string,
): Record<string, string> | undefined {
  return record && Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

function isOther(left: KubernetesObject, right: KubernetesObject): boolean {
  return left.metadata.uid !== right.metadata.uid;
}

/** Versions that are not numbers cannot be compared; what comes later is then taken as newer. */
function isNewer(candidate: KubernetesObject, held: KubernetesObject): boolean {
  const [left, right] = [versionOf(candidate), versionOf(held)];
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return candidate.metadata.resourceVersion !== held.metadata.resourceVersion;
  }
  return left > right;
}

function versionOf(object: KubernetesObject): number {
  return numericVersion(object.metadata.resourceVersion);
}

function numericVersion(resourceVersion: string | undefined): number {
  return resourceVersion === undefined || resourceVersion === "" ? Number.NaN : Number(resourceVersion);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
