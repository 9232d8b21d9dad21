/** Deletes the topic of a deleted stream, if its deletionPolicy says so. */
import type { EventStream } from "../../crds/kinds.ts";
import { EVENT_STREAM_DEFAULTS } from "../../crds/kinds.ts";
import { isReservedTopicName } from "../../naming/topics.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { TopicReading } from "../../targets/kafka/read.ts";
import type { TopicId } from "../../targets/kafka/topic.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { platformForCleanup } from "../../platform/cleanup.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import { hasMoved } from "../claims/claimed-kind.ts";
import type { Notice } from "../claims/notices.ts";
import { leftNotice, sharedNotice, tell } from "../claims/notices.ts";
import { rivalsOf } from "../claims/rivals.ts";
import { TOPIC_CLAIM, topicNameOf } from "./claim.ts";

/** Only with the policy Delete is there anything to do. */
export function deletesTopic(stream: EventStream): boolean {
  return (stream.spec.deletionPolicy ?? EVENT_STREAM_DEFAULTS.deletionPolicy) === "Delete";
}

/** The topic by name, id and cluster, for the person who deletes it by hand. */
export function describeTopicLeft(stream: EventStream): string {
  const { topicId = "unknown", clusterId = "unknown" } = stream.status ?? {};
  return `topic "${topicNameOf(stream)}" (id ${topicId}, Kafka cluster ${clusterId}) with its records`;
}

/**
 * Deletes the topic that the stream had, by its id: another topic of the name is not its own. A stream without an id in its status
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
  const kafka = clients.kafka(platform);
  const reading = await kafka.readTopic(name, context.signal);
  const notice = reasonToKeep(stream, { id, platform, reading, cache: context.kubernetes });
  if (notice !== undefined) return tell(notice, context);
  if (!(await kafka.deleteTopic({ name, id }, context))) return;
  tell({ type: "Normal", reason: "Deleted", message: `deleted topic "${name}" with its records` }, context);
}

interface Found {
  readonly id: TopicId;
  readonly platform: PresentPlatform;
  readonly reading: TopicReading;
  readonly cache: ObjectReader;
}

/** Who else has the topic, or where else it is; then it stays, and the notice says so. */
function reasonToKeep(stream: EventStream, { id, platform, reading, cache }: Found): Notice | undefined {
  const name = topicNameOf(stream);
  const { clusterId, topic } = reading;
  const kept = (why: string): Notice => {
    const message = `topic "${name}" (id ${id}) was left with its records: ${why}`;
    return { type: "Warning", reason: "CleanupAbandoned", message };
  };
  if (hasMoved(TOPIC_CLAIM, stream, clusterId)) {
    const before = stream.status?.clusterId ?? "";
    return kept(`it is in Kafka cluster "${before}", and the DataPlatform leads to "${clusterId ?? ""}" now`);
  }
  if (isReservedTopicName(name) || topic?.isInternal === true)
    return kept("it belongs to Kafka itself or to one of its tools");
  const [rival, ...more] = rivalsOf(TOPIC_CLAIM, stream, { platform, cache, system: clusterId, id });
  return rival && sharedNotice(TOPIC_CLAIM, stream, [rival, ...more]);
}
