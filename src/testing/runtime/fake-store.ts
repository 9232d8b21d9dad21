/** The objects of the fake API server with their history. */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject } from "../../api/objects.ts";

export type FakeObject = KubernetesObject & Readonly<Record<string, unknown>>;

export interface FakeAddress {
  readonly collection: string;
  readonly namespace: string;
  readonly name: string;
}

interface Scope {
  readonly collection: string;
  readonly namespace?: string;
}

interface HistoryEntry {
  readonly version: number;
  readonly collection: string;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: FakeObject;
}

/** A refusal, as the API server would answer it. */
export class FakeStoreError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export class FakeStore {
  version = 100;
  /** Watches from before this version are Gone. */
  compactedBefore = 0;
  readonly #objects = new Map<string, FakeObject>();
  /** What each manager last applied to each object. */
  readonly #applied = new Map<string, FakeObject>();
  readonly #history: HistoryEntry[] = [];
  #lastCreation = 0;
  readonly #followers = new Set<(entry: HistoryEntry) => void>();

  /** Unlike on the real one, nothing is ever as old as something else, so that who is older does not depend on random ids. Tests may say it. */
  #nextCreation(): string {
    this.#lastCreation = Math.max(Date.now(), this.#lastCreation + 1);
    return new Date(this.#lastCreation).toISOString();
  }

  /** The object, or undefined. */
  find(at: FakeAddress): FakeObject | undefined {
    return this.#objects.get(idOf(at));
  }

  get(at: FakeAddress): FakeObject {
    const object = this.find(at);
    if (object === undefined)
      throw new FakeStoreError(404, "NotFound", `${at.collection} "${at.name}" not found`);
    return object;
  }

  list(scope: Scope, query: URLSearchParams): object {
    const all = [...this.#objects]
      .filter(([id, object]) => id.startsWith(`${scope.collection}|`) && isInScope(object, scope, query))
      .map(([, object]) => object);
    const limit = Number(query.get("limit") ?? "0");
    const from = Number(query.get("continue") ?? "0");
    const items = limit > 0 ? all.slice(from, from + limit) : all;
    const isMore = limit > 0 && from + limit < all.length;
    const metadata = {
      resourceVersion: String(this.version),
      ...(isMore && { continue: String(from + limit) }),
    };
    // Like the real one: the items of a list carry neither kind nor apiVersion.
    return { metadata, items: items.map((item) => ({ ...item, kind: undefined, apiVersion: undefined })) };
  }

  create(at: FakeAddress, body: FakeObject): FakeObject {
    if (this.find(at) !== undefined)
      throw new FakeStoreError(409, "AlreadyExists", `"${at.name}" already exists`);
    const metadata = {
      ...body.metadata,
      ...(at.namespace !== "" && { namespace: at.namespace }),
      uid: randomUUID(),
      generation: 1,
      creationTimestamp: body.metadata.creationTimestamp ?? this.#nextCreation(),
    };
    return this.#commit("ADDED", at, { ...body, metadata });
  }

  update(at: FakeAddress, body: FakeObject): FakeObject {
    const held = this.get(at);
    assertVersion(held, body.metadata.resourceVersion);
    return this.#change(at, held, body);
  }

  mergePatch(at: FakeAddress, patch: FakeObject): FakeObject {
    const held = this.get(at);
    assertUid(held, patch.metadata.uid);
    assertVersion(held, patch.metadata.resourceVersion);
    return this.#change(at, held, merge(held, patch) as FakeObject);
  }

  /** As a test sets the scene, without ownership: what is applied replaces each top-level field; the status as a whole. */
  apply(at: FakeAddress, body: FakeObject, subresource: string | undefined): FakeObject {
    const held = this.find(at);
    if (subresource === "status") {
      const existing = this.get(at);
      assertUid(existing, body.metadata.uid);
      return this.#change(at, existing, { ...existing, status: body["status"] });
    }
    if (held === undefined) {
      if (body.metadata.uid !== undefined) throw new FakeStoreError(409, "Conflict", "uid mismatch");
      return this.create(at, body);
    }
    assertUid(held, body.metadata.uid);
    return this.#change(at, held, { ...held, ...body, metadata: { ...held.metadata, ...body.metadata } });
  }

  /**
   * Server-side apply with force: fields that this manager had applied and now leaves out go away, fields of others stay, lists are
   * replaced as a whole.
   */
  applyAs(manager: string, at: FakeAddress, body: FakeObject): FakeObject {
    const id = `${manager} ${idOf(at)}`;
    const held = this.find(at);
    if (held === undefined && body.metadata.uid !== undefined)
      throw new FakeStoreError(409, "Conflict", "uid mismatch");
    if (held !== undefined) assertUid(held, body.metadata.uid);
    const last = this.#applied.get(id);
    const wanted = json(body) as FakeObject;
    this.#applied.set(id, wanted);
    if (held === undefined) return this.create(at, body);
    const merged = merge(withoutDropped(held, last, wanted), wanted) as FakeObject;
    const { name, namespace = "", uid = "" } = held.metadata;
    const metadata = { ...merged.metadata, name, uid, ...(namespace !== "" && { namespace }) };
    return this.#change(at, held, { ...merged, metadata });
  }

  delete(at: FakeAddress, options?: { preconditions?: { uid?: string } }): FakeObject {
    const held = this.get(at);
    assertUid(held, options?.preconditions?.uid);
    if ((held.metadata.finalizers ?? []).length === 0) return this.#remove(at, held);
    if (held.metadata.deletionTimestamp !== undefined) return held;
    const metadata = {
      ...held.metadata,
      deletionTimestamp: new Date().toISOString(),
      generation: (held.metadata.generation ?? 0) + 1,
    };
    return this.#commit("MODIFIED", at, { ...held, metadata });
  }

  /** Forgets the history: every watch that is not up to date is Gone. */
  compact(): void {
    this.compactedBefore = this.version;
  }

  /** Calls `send` with every event of the scope after a version, past and to come. */
  follow(
    scope: Scope & { version: number },
    query: URLSearchParams,
    send: (event: object) => void,
  ): () => void {
    const deliver = (entry: HistoryEntry): void => {
      if (entry.version <= scope.version || entry.collection !== scope.collection) return;
      if (isInScope(entry.object, scope, query)) send({ type: entry.type, object: entry.object });
    };
    for (const entry of this.#history) deliver(entry);
    this.#followers.add(deliver);
    return () => this.#followers.delete(deliver);
  }

  #change(at: FakeAddress, held: FakeObject, wanted: FakeObject): FakeObject {
    const hasNewSpec = !isDeepStrictEqual(json(held["spec"]), json(wanted["spec"]));
    const metadata = {
      ...wanted.metadata,
      resourceVersion: held.metadata.resourceVersion ?? "",
      generation: (held.metadata.generation ?? 0) + (hasNewSpec ? 1 : 0),
    };
    const next = { ...wanted, metadata };
    if (isDeepStrictEqual(json(held), json(next))) return held;
    const isReleased = metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
    return isReleased ? this.#remove(at, next) : this.#commit("MODIFIED", at, next);
  }

  #remove(at: FakeAddress, object: FakeObject): FakeObject {
    const removed = this.#commit("DELETED", at, object);
    for (const id of this.#applied.keys()) if (id.endsWith(` ${idOf(at)}`)) this.#applied.delete(id);
    this.#objects.delete(idOf(at));
    return removed;
  }

  #commit(type: HistoryEntry["type"], at: FakeAddress, object: FakeObject): FakeObject {
    this.version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.version) };
    const committed = json({ ...object, metadata }) as FakeObject;
    this.#objects.set(idOf(at), committed);
    const entry = { version: this.version, collection: at.collection, type, object: committed };
    this.#history.push(entry);
    for (const deliver of this.#followers) deliver(entry);
    return committed;
  }
}

function idOf(at: FakeAddress): string {
  return `${at.collection}|${at.namespace}/${at.name}`;
}

function isInScope(object: FakeObject, scope: Scope, query: URLSearchParams): boolean {
  if (scope.namespace !== undefined && object.metadata.namespace !== scope.namespace) return false;
  const terms = (query.get("labelSelector") ?? "").split(",").filter((term) => term !== "");
  return terms.every((term) => {
    const [name = "", value] = term.split("=");
    return object.metadata.labels?.[name] === value;
  });
}

function assertUid(held: FakeObject, uid: string | undefined): void {
  if (uid !== undefined && uid !== held.metadata.uid)
    throw new FakeStoreError(409, "Conflict", "uid mismatch");
}

function assertVersion(held: FakeObject, version: string | undefined): void {
  if (version !== undefined && version !== held.metadata.resourceVersion) {
    throw new FakeStoreError(409, "Conflict", "the object has been modified");
  }
}

function withoutDropped(held: unknown, last: unknown, next: unknown): unknown {
  if (!isRecord(held) || !isRecord(last) || !isRecord(next)) return held;
  const kept = Object.entries(held).filter(([field]) => !(field in last) || field in next);
  return Object.fromEntries(
    kept.map(([field, value]) => [field, withoutDropped(value, last[field], next[field])]),
  );
}

function merge(held: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(held) ? { ...held } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function json(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}
