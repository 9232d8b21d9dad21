/** Deletes the topic of a deleted stream, if its deletionPolicy says so. */
import type { EventStream } from "../../crds/kinds.ts";
import { EVENT_STREAM_DEFAULTS } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { TopicId } from "../../targets/kafka/topic.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { platformForCleanup } from "../../platform/cleanup.ts";
import { leftNotice, tell } from "../claims/notices.ts";
import { olderClaimant } from "../claims/rivals.ts";
import { TOPIC_CLAIM, topicNameOf } from "./claim.ts";

/** Only with the policy Delete is there anything to do. */
export function deletesTopic(stream: EventStream): boolean {
  return (stream.spec.deletionPolicy ?? EVENT_STREAM_DEFAULTS.deletionPolicy) === "Delete";
}

/**
 * Deletes the topic that the stream had, by its id: whatever else bears the name is not its own. A stream without an id in its status
 * never had one. Safe to repeat.
 */
export async function finalizeStream(
  stream: EventStream,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<void> {
  const id = stream.status?.topicId as TopicId | undefined;
  if (!deletesTopic(stream) || id === undefined) return;
  const name = topicNameOf(stream);
  const platform = await platformForCleanup(stream, { components: ["Kafka"], platforms, context });
  if (platform === undefined) return tell(leftNotice(TOPIC_CLAIM, stream), context);
  const claim = { platform: platform.spec, cache: context.kubernetes };
  if (olderClaimant(TOPIC_CLAIM, stream, claim) !== undefined) return;
  if (!(await clients.kafka(platform).deleteTopic({ name, id }, context))) return;
  tell({ type: "Normal", reason: "Deleted", message: `deleted topic "${name}" with its records` }, context);
}
