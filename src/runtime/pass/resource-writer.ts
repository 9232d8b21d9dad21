/** The runtime's own writes to a resource of ours: finalizers and status. All bound to the UID, none without the lease. */
import { assertLeading } from "../http/api-client.ts";
import type { ApiAccess } from "../http/api-client.ts";
import { apiVersionOf, keyOf } from "../../api/objects.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import { resourcePath } from "../http/rest-client.ts";
import type { StatusDocument } from "./status-document.ts";

export type WriteAccess = Pick<ApiAccess, "rest" | "caches" | "leadership" | "fieldManager">;

/**
 * Sets the list of finalizers. With the resourceVersion that was read, so that a finalizer which somebody else added meanwhile
 * is not lost: the answer is then 409 and the pass is tried again. Returns the object as it is now.
 */
export async function writeFinalizers<Resource extends KubernetesObject>(
  access: WriteAccess,
  target: { readonly type: ResourceType; readonly resource: Resource },
  finalizers: readonly string[],
): Promise<Resource> {
  assertLeading(access.leadership);
  const { type, resource } = target;
  const { uid, resourceVersion } = resource.metadata;
  const written = await access.rest.json<Resource>({
    verb: "patch",
    path: resourcePath(type, keyOf(resource)),
    query: { fieldManager: access.fieldManager },
    body: { metadata: { uid, resourceVersion, finalizers } },
  });
  // The last finalizer of a deleted object: the answer is its final state, and the cache must not bring it back to life.
  const isGone = written.metadata.deletionTimestamp !== undefined && finalizers.length === 0;
  if (!isGone) access.caches.noteOwnWrite(type, written);
  return written;
}

/** Writes the whole status by server-side apply; fields left out disappear. Never creates the object. */
export async function writeStatus(
  access: WriteAccess,
  target: { readonly type: ResourceType; readonly resource: KubernetesObject },
  status: StatusDocument,
): Promise<void> {
  assertLeading(access.leadership);
  const { type, resource } = target;
  const { name, namespace, uid } = resource.metadata;
  const written = await access.rest.json<KubernetesObject>({
    verb: "apply",
    path: resourcePath(type, { ...keyOf(resource), subresource: "status" }),
    query: { fieldManager: access.fieldManager, force: true },
    body: { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name, namespace, uid }, status },
  });
  access.caches.noteOwnWrite(type, written);
}
