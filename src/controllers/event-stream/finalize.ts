/** Deletes the topic of a deleted stream, if its deletionPolicy says so. */
import type { EventStream } from "../../crds/kinds.ts";
import { EVENT_STREAM_DEFAULTS } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { TopicId } from "../../targets/kafka/topic.ts";
import type { PlatformClients } from "../../targets/platform/clients.ts";
import { platformForCleanup } from "../../targets/platform/cleanup.ts";
import { platformKeyOf } from "../../targets/platform/read.ts";
import { topicNameOf } from "./claim.ts";
import { olderClaimant } from "./observe.ts";

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
  platforms: PlatformClients,
): Promise<void> {
  const id = stream.status?.topicId as TopicId | undefined;
  if (!deletesTopic(stream) || id === undefined) return;
  const name = topicNameOf(stream);
  const key = platformKeyOf(stream);
  const settings = await platformForCleanup(key, context, platforms);
  if (settings === undefined) {
    const message = `topic "${name}" was left: DataPlatform "${key.name}" is gone, and with it the way to Kafka`;
    context.logger.warn(message);
    context.recordEvent("Warning", "CleanupAbandoned", message);
    return;
  }
  if (olderClaimant(stream, settings, context.kubernetes) !== undefined) return;
  const { kafka } = platforms.connect(settings);
  if (!(await kafka.deleteTopic({ name, id }, context))) return;
  context.logger.info({ topic: name, topicId: id }, "Deleted topic");
  context.recordEvent("Normal", "Deleted", `deleted topic "${name}" with its records`);
}
