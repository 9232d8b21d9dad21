/** Reads the platform, who else claims the stream's topic, and the topic itself; does not write. */
import type { EventStream } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import { olderClaimant } from "../claims/rivals.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import { TOPIC_CLAIM, topicNameOf } from "./claim.ts";

export interface ObservedStream {
  /** Without it, or without the Secrets of its Kafka, the topic is not read. */
  readonly platform: PlatformState;
  /** The older stream that has the topic; then the topic is not read. */
  readonly older: EventStream | undefined;
  /** Known and `undefined`: there is no such topic. */
  readonly topic: Observation<CurrentTopic | undefined>;
}

export async function observeStream(
  stream: EventStream,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedStream> {
  const platform = await platforms.read(stream, context);
  if (platform.state !== "present") return Object.freeze({ platform, older: undefined, topic: NOT_READ });
  const claim = { platform: platform.spec, cache: context.kubernetes };
  const older = olderClaimant(TOPIC_CLAIM, stream, claim);
  if (older !== undefined || problemOf(platform, ["Kafka"]) !== undefined) {
    return Object.freeze({ platform, older, topic: NOT_READ });
  }
  const topic = await observed(clients.kafka(platform).readTopic(topicNameOf(stream), context.signal));
  return Object.freeze({ platform, older, topic });
}
