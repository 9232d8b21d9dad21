/** The platform of a resource that is being deleted: it may be gone before its dependents, as in the deletion of a namespace. */
import type { ReconcileContext } from "../runtime/controller.ts";
import { problemOf } from "./components.ts";
import type { PlatformReader, PlatformUser, PresentPlatform } from "./platform.ts";
import { requirePresent } from "./platform.ts";
import type { Component } from "./references.ts";

/** What cleaning up needs of the platform, and of the pass. */
export interface Cleanup {
  readonly components: readonly Component[];
  readonly platforms: PlatformReader;
  readonly context: ReconcileContext;
}

/**
 * A platform to clean up with, whose named components have their settings: as it is now, else as it was not long ago. `undefined` in a
 * namespace that is being deleted when nobody knows where things are: cleaning up must then be skipped, so that the namespace
 * can end. In a namespace that stays the error says what is missing, and the deletion waits for it.
 */
export async function platformForCleanup(
  user: PlatformUser,
  { components, platforms, context }: Cleanup,
): Promise<PresentPlatform | undefined> {
  const platform = await platforms.read(user, context);
  const problem = problemOf(platform, components);
  if (problem === undefined) return requirePresent(platform);
  const last = platforms.lastKnown(platform.key);
  if (last !== undefined && problemOf(last, components) === undefined) return last;
  if (await context.isNamespaceTerminating()) return undefined;
  throw problem;
}
