/** The keys that are due, each once, first come first served within a namespace; namespaces take turns. No I/O. */
import { formatKey } from "../../api/objects.ts";
import type { ResourceKey } from "../../api/objects.ts";

export class DueKeys {
  /** Both maps iterate in order of insertion, which is the order of service. */
  readonly #byNamespace = new Map<string, Map<string, ResourceKey>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(key: ResourceKey): boolean {
    return this.#byNamespace.get(key.namespace)?.has(formatKey(key)) ?? false;
  }

  /** False when the key was due already. */
  add(key: ResourceKey): boolean {
    if (this.has(key)) return false;
    const keys = this.#byNamespace.get(key.namespace) ?? new Map<string, ResourceKey>();
    this.#byNamespace.set(key.namespace, keys.set(formatKey(key), key));
    this.#size += 1;
    return true;
  }

  /** Removes and returns the next key; its namespace goes to the end of the line. */
  take(): ResourceKey | undefined {
    const [namespace, keys] = first(this.#byNamespace) ?? [];
    if (namespace === undefined || keys === undefined) return undefined;
    const [text, key] = first(keys) ?? [];
    if (text === undefined || key === undefined) return undefined;
    keys.delete(text);
    this.#byNamespace.delete(namespace);
    if (keys.size > 0) this.#byNamespace.set(namespace, keys);
    this.#size -= 1;
    return key;
  }
}

function first<Value>(map: Map<string, Value>): [string, Value] | undefined {
  for (const entry of map) return entry;
  return undefined;
}
