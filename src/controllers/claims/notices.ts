/** The Events about a claimed thing: made, changed, found changed or replaced by somebody else, left at a deletion. */
import type { Reason } from "../../api/reasons.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { formatKey, keyOf } from "../../api/objects.ts";
import type { Before, ClaimedKind, ClaimWords, Claimant } from "./claimed-kind.ts";
import type { Rival } from "./rivals.ts";

/** An Event to record. `DriftCorrected` says that the operator reverted somebody else's change. */
export interface Notice {
  readonly type: "Normal" | "Warning";
  readonly reason: Reason;
  readonly message: string;
}

/** A thing as it was found, and what is known of it. */
export interface Found {
  /** With its name: `topic "shop.web-raw"`. */
  readonly thing: string;
  /** Its id now; `undefined`: there is none. */
  readonly id: string | undefined;
  readonly before: Before;
  readonly words: ClaimWords;
}

/** What to tell once `doing` is done. */
export function noticeOf(doing: string, { thing, id, before, words }: Found): Notice {
  const done = `done: ${doing}`;
  if (id === undefined && before.id === undefined)
    return { type: "Normal", reason: "Created", message: done };
  if (id !== undefined && !before.wasInEffect) return { type: "Normal", reason: "Updated", message: done };
  const drift =
    id === undefined ? `was gone, with its ${words.contents}` : "had been changed outside of Kubernetes";
  return { type: "Warning", reason: "DriftCorrected", message: `${thing} ${drift}; ${done}` };
}

/** A thing with another id is not the one that was there. It is kept: nothing brings the old one back. */
export function replacementNotice({ thing, id, before, words }: Found): readonly Notice[] {
  if (id === undefined || before.id === undefined || id === before.id) return [];
  const message =
    `${thing} was ${words.removed} and created again outside of Kubernetes ` +
    `(${words.id} ${before.id} before, ${id} now); the ${words.contents} of the old one are gone`;
  return [{ type: "Warning", reason: "Recreated", message }];
}

/** Nobody should look for contents in the new system that are in the old one. `leftBehind` is the old one's identity, where there is one. */
export function movedNotice(
  thing: string,
  leftBehind: string | undefined,
  { contents, system }: ClaimWords,
): readonly Notice[] {
  if (leftBehind === undefined) return [];
  const message = `${thing} was left with its ${contents} in ${system} cluster "${leftBehind}": the DataPlatform leads to another one now`;
  return [{ type: "Warning", reason: "CleanupAbandoned", message }];
}

/** That a thing stays behind because the platform went before its resource. */
export function leftNotice<Resource extends Claimant>(
  kind: Pick<ClaimedKind<Resource>, "describe" | "words">,
  resource: Resource,
): Notice {
  const platform = resource.spec.platformRef.name;
  const message =
    `${kind.describe(resource)} was left: DataPlatform "${platform}" is gone, ` +
    `and with it the way to ${kind.words.system}`;
  return { type: "Warning", reason: "CleanupAbandoned", message };
}

/** That a thing stays behind because somebody else wants it too, or may: its owner's deletion must not take it from them. */
export function sharedNotice<Resource extends Claimant>(
  kind: Pick<ClaimedKind<Resource>, "describe" | "words">,
  resource: Resource,
  rivals: readonly [Rival<Resource>, ...Rival<Resource>[]],
): Notice {
  const { resource: other } = rivals.find(({ isCertain }) => isCertain) ?? rivals[0];
  const verb = rivals.some(({ isCertain }) => isCertain) ? "claims" : "may claim";
  const message =
    `${kind.describe(resource)} was left with its ${kind.words.contents}: ` +
    `${other.kind} "${formatKey(keyOf(other))}" ${verb} it too`;
  return { type: "Warning", reason: "CleanupAbandoned", message };
}

/** Tells it to the log and as an Event. */
export function tell({ type, reason, message }: Notice, context: ReconcileContext): void {
  context.logger[reason === "CleanupAbandoned" ? "warn" : "info"]({ reason }, message);
  context.recordEvent(type, reason, message);
}
