/** Lookup tables over a cache: which objects have a value. Like the Indexer of client-go. No I/O. */
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";

/**
 * How objects of one kind are found without a look at all of them. A constant, made once: its identity names the table, which the cache
 * builds at the first question and keeps from then on.
 */
export interface ObjectIndex<T extends KubernetesObject = KubernetesObject> {
  readonly type: ResourceType;
  /** The values that find this object; none: it is not found. Must be quick and pure. */
  valuesOf(object: T): readonly string[];
}

/** Whether a change moves the object within an index. */
export function movesIn(index: ObjectIndex, before: KubernetesObject, after: KubernetesObject): boolean {
  return !isSameList(index.valuesOf(before), index.valuesOf(after));
}

/** One index of one cache: keys by value. */
export class IndexTable {
  readonly #index: ObjectIndex;
  readonly #keysByValue = new Map<string, Set<string>>();

  constructor(index: ObjectIndex) {
    this.#index = index;
  }

  /** Keys of the objects that have this value. */
  keysOf(value: string): ReadonlySet<string> {
    return this.#keysByValue.get(value) ?? NONE;
  }

  /** Takes the object that a key has now in place of the one that it had; `undefined`: none. */
  move(key: string, before: KubernetesObject | undefined, after: KubernetesObject | undefined): void {
    const [left, joined] = [this.#valuesOf(before), this.#valuesOf(after)];
    if (isSameList(left, joined)) return;
    for (const value of left) this.#remove(value, key);
    for (const value of joined) {
      const keys = this.#keysByValue.get(value);
      if (keys === undefined) this.#keysByValue.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  #valuesOf(object: KubernetesObject | undefined): readonly string[] {
    return object === undefined ? [] : this.#index.valuesOf(object);
  }

  #remove(value: string, key: string): void {
    const keys = this.#keysByValue.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysByValue.delete(value);
  }
}

const NONE: ReadonlySet<string> = new Set();

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, nth) => value === right[nth]);
}
