/** The platform of a resource that is being deleted: it may be gone before its dependents, as in the deletion of a namespace. */
import type { ReconcileContext, ResourceKey } from "../../runtime/controller.ts";
import type { PlatformClients } from "./clients.ts";
import { readPlatform } from "./read.ts";
import type { PlatformSettings } from "./settings.ts";
import { requirePlatform } from "./settings.ts";

/**
 * Settings to clean up with: those of now, else those that the platform had not long ago. `undefined` in a namespace that is being
 * deleted when nobody knows any more where things are: cleaning up must then be skipped, so that the namespace can end. In a
 * namespace that stays the error says what is missing, and the deletion waits for it.
 */
export async function platformForCleanup(
  key: ResourceKey,
  context: ReconcileContext,
  platforms: PlatformClients,
): Promise<PlatformSettings | undefined> {
  const platform = await readPlatform(context.kubernetes, key);
  if (platform.state === "resolved") return platform.settings;
  const last = platforms.lastKnown(key);
  if (last !== undefined) return last;
  if (await context.isNamespaceTerminating()) return undefined;
  return requirePlatform(platform);
}
