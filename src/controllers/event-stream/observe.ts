/** Reads the platform, who else claims the stream's topic, and the topic itself; does not write. */
import type { DataPlatformSpec, EventStream } from "../../crds/kinds.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { problemOf } from "../../platform/components.ts";
import { cachedPlatform } from "../../platform/platform.ts";
import type { PlatformState } from "../../platform/platform.ts";
import { findOlder } from "../claims.ts";
import type { Observation } from "../observation.ts";
import { observed } from "../observation.ts";
import { rivalsOf, STREAMS_BY_TOPIC, topicNameOf } from "./claim.ts";

export interface ObservedStream {
  /** Without it, or without the Secrets of its Kafka, the topic is not read. */
  readonly platform: PlatformState;
  /** The older stream that has the topic; then the topic is not read. */
  readonly older: EventStream | undefined;
  /** Known and `undefined`: there is no such topic. */
  readonly topic: Observation<CurrentTopic | undefined>;
}

const NOT_READ: Observation<never> = { state: "unknown", error: new Error("the topic was not read") };

export async function observeStream(
  stream: EventStream,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedStream> {
  const platform = await platforms.read(stream, context);
  if (platform.state !== "present") return Object.freeze({ platform, older: undefined, topic: NOT_READ });
  const older = olderClaimant(stream, platform.spec, context.kubernetes);
  if (older !== undefined || problemOf(platform, ["Kafka"]) !== undefined) {
    return Object.freeze({ platform, older, topic: NOT_READ });
  }
  const topic = await observed(clients.kafka(platform).readTopic(topicNameOf(stream), context.signal));
  return Object.freeze({ platform, older, topic });
}

/** The older stream that has the topic of this one in the cluster of this platform, in whatever namespace. */
export function olderClaimant(
  stream: EventStream,
  { kafka }: Pick<DataPlatformSpec, "kafka">,
  cache: ObjectReader,
): EventStream | undefined {
  const rivals = rivalsOf(stream, kafka, {
    streams: cache.cachedBy(STREAMS_BY_TOPIC, topicNameOf(stream)),
    platformOf: (other) => cachedPlatform(cache, other),
  });
  return findOlder(stream, rivals, (candidate) => candidate.status?.topicId !== undefined);
}
