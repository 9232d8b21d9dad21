/** Takes a DAG's file away, if it is the product's own. */
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { ObjectStore } from "../../targets/s3/store.ts";
import { isOwnFile } from "./dag-state.ts";
import type { DagOrigin } from "./parts.ts";

export async function deleteOwnFile(
  key: string,
  origin: DagOrigin,
  { store, context }: { readonly store: ObjectStore; readonly context: ReconcileContext },
): Promise<void> {
  const text = await store.readText(key, context.signal);
  if (text !== undefined && isOwnFile(text, origin)) await store.deleteObject(key, context);
}
