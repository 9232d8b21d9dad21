/** `KubernetesClient` for one pass: bound to its signal, its field manager and the lease. */
import type { Caches } from "../cache/caches.ts";
import type { ObjectIndex } from "../cache/object-index.ts";
import { isKubernetesError, KubernetesError } from "./kubernetes-client.ts";
import type { CachedListOptions, DeleteOptions, KubernetesClient } from "./kubernetes-client.ts";
import type { Leadership } from "../election/leader-election.ts";
import { apiVersionOf, keyOf } from "../../api/objects.ts";
import type { KubernetesObject, ResourceKey, ResourceType } from "../../api/objects.ts";
import { resourcePath } from "./rest-client.ts";
import type { RestClient, RestRequest } from "./rest-client.ts";
import { secretValues } from "../pass/scrub.ts";

/** What all passes of a controller share. */
export interface ApiAccess {
  readonly rest: RestClient;
  readonly caches: Caches;
  readonly leadership: Leadership;
  readonly fieldManager: string;
}

/** What belongs to one pass. */
export interface PassScope {
  readonly signal: AbortSignal;
  /** Receives the values of every Secret that the pass reads, so that no message of the pass shows them. */
  readonly secrets: Set<string>;
}

/** The client of one pass. */
export function createKubernetesClient(access: ApiAccess, pass: PassScope): KubernetesClient {
  const { caches } = access;
  return {
    cached<T extends KubernetesObject>(type: ResourceType, key: ResourceKey): T | undefined {
      const object = caches.cached<T>(type, key);
      if (object !== undefined) noteSecret(pass, type, object);
      return object;
    },
    cachedList<T extends KubernetesObject>(type: ResourceType, options?: CachedListOptions): readonly T[] {
      const objects = caches.cachedList<T>(type, options);
      for (const object of objects) noteSecret(pass, type, object);
      return objects;
    },
    cachedBy<T extends KubernetesObject>(index: ObjectIndex<T>, value: string): readonly T[] {
      const objects = caches.cachedBy(index, value);
      for (const object of objects) noteSecret(pass, index.type, object);
      return objects;
    },
    get: (type, key) => getObject(access, pass, { type, key }),
    apply: (type, object) => applyObject(access, pass, { type, object }),
    dryRun: (type, object) => dryRunObject(access, pass, { type, object }),
    delete: (type, key, options = {}) => deleteObject(access, pass, { type, key, options }),
  };
}

/** Throws unless this replica may write now. Every write, to the API and to other systems, asks here first. */
export function assertLeading(leadership: Leadership): void {
  if (!leadership.isLeading) throw new KubernetesError("Aborted", "this replica does not hold the lease");
}

/** One live read; `undefined` when there is no such object. */
export async function findObject<T extends KubernetesObject>(
  rest: RestClient,
  { type, key, signal }: ObjectAddress & { readonly signal?: AbortSignal },
): Promise<T | undefined> {
  try {
    const path = resourcePath(type, key);
    return await rest.json<T>({ verb: "get", path, ...(signal !== undefined && { signal }) });
  } catch (error) {
    if (isKubernetesError(error, "NotFound")) return undefined;
    throw error;
  }
}

interface ObjectAddress {
  readonly type: ResourceType;
  readonly key: ResourceKey;
}

async function getObject<T extends KubernetesObject>(
  access: ApiAccess,
  pass: PassScope,
  { type, key }: ObjectAddress,
): Promise<T | undefined> {
  const object = await findObject<T>(access.rest, { type, key, signal: pass.signal });
  if (object !== undefined) noteSecret(pass, type, object);
  return object;
}

interface WantedObject {
  readonly type: ResourceType;
  readonly object: KubernetesObject;
}

async function applyObject<T extends KubernetesObject>(
  access: ApiAccess,
  pass: PassScope,
  wanted: WantedObject,
): Promise<T> {
  assertLeading(access.leadership);
  const answer = await access.rest.json<T>(applyRequest(access, pass, wanted));
  access.caches.noteOwnWrite(wanted.type, answer);
  return answer;
}

async function dryRunObject(access: ApiAccess, pass: PassScope, wanted: WantedObject): Promise<void> {
  const request = applyRequest(access, pass, wanted);
  await access.rest.json({ ...request, query: { ...request.query, dryRun: "All" } });
}

function applyRequest(
  { fieldManager }: ApiAccess,
  { signal }: PassScope,
  { type, object }: WantedObject,
): RestRequest {
  return {
    verb: "apply",
    path: resourcePath(type, keyOf(object)),
    query: { fieldManager, force: true, fieldValidation: "Strict" },
    body: { ...object, apiVersion: apiVersionOf(type), kind: type.kind },
    signal,
  };
}

async function deleteObject(
  access: ApiAccess,
  pass: PassScope,
  { type, key, options }: ObjectAddress & { readonly options: DeleteOptions },
): Promise<boolean> {
  assertLeading(access.leadership);
  try {
    await access.rest.json({
      verb: "delete",
      path: resourcePath(type, key),
      body: {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: options.propagationPolicy ?? "Background",
        ...(options.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
      },
      signal: pass.signal,
    });
  } catch (error) {
    const isOther = options.uid !== undefined && isKubernetesError(error, "Conflict");
    if (!isOther && !isKubernetesError(error, "NotFound")) throw error;
    return false;
  }
  return true;
}

function noteSecret(pass: PassScope, type: ResourceType, object: KubernetesObject): void {
  if (type.kind !== "Secret" || type.group !== "") return;
  const { data } = object as { data?: Record<string, string> };
  for (const value of secretValues(data)) pass.secrets.add(value);
}
