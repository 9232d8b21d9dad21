/** Reads the platform, who else claims the stream's topic, and the topic itself; does not write. */
import type { EventStream } from "../../crds/kinds.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import type { PlatformClients } from "../../targets/platform/clients.ts";
import { cachedPlatform, platformKeyOf, readPlatform } from "../../targets/platform/read.ts";
import type { PlatformSettings, PlatformState } from "../../targets/platform/settings.ts";
import { findOlder } from "../claims.ts";
import type { Observation } from "../observation.ts";
import { observed } from "../observation.ts";
import { rivalsOf, STREAMS_BY_TOPIC, topicNameOf } from "./claim.ts";

export interface ObservedStream {
  /** Without it nothing else is looked at: nobody knows which cluster is meant. */
  readonly platform: PlatformState;
  /** The older stream that has the topic; then the topic is not read. */
  readonly older: EventStream | undefined;
  /** Known and `undefined`: there is no such topic. */
  readonly topic: Observation<CurrentTopic | undefined>;
}

const NOT_READ: Observation<never> = { state: "unknown", error: new Error("the topic was not read") };

export async function observeStream(
  stream: EventStream,
  { kubernetes, signal }: ReconcileContext,
  platforms: PlatformClients,
): Promise<ObservedStream> {
  const platform = await readPlatform(kubernetes, platformKeyOf(stream));
  if (platform.state !== "resolved") return Object.freeze({ platform, older: undefined, topic: NOT_READ });
  const older = olderClaimant(stream, platform.settings, kubernetes);
  if (older !== undefined) return Object.freeze({ platform, older, topic: NOT_READ });
  const { kafka } = platforms.connect(platform.settings);
  const topic = await observed(kafka.readTopic(topicNameOf(stream), signal));
  return Object.freeze({ platform, older, topic });
}

/** The older stream that has the topic of this one in the cluster of these settings, in whatever namespace. */
export function olderClaimant(
  stream: EventStream,
  { kafka }: PlatformSettings,
  cache: ObjectReader,
): EventStream | undefined {
  const rivals = rivalsOf(stream, kafka, {
    streams: cache.cachedBy(STREAMS_BY_TOPIC, topicNameOf(stream)),
    platformOf: (other) => cachedPlatform(cache, other),
  });
  return findOlder(stream, rivals, (candidate) => candidate.status?.topicId !== undefined);
}
