/** Reads the platform, who else claims the stream's topic, and the topic itself; does not write. */
import type { EventStream } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { TopicReading } from "../../targets/kafka/read.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import type { Rival } from "../claims/rivals.ts";
import { olderClaimant } from "../claims/rivals.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import { TOPIC_CLAIM, topicNameOf } from "./claim.ts";

export interface ObservedStream {
  /** Without it, or without the Secrets of its Kafka, the topic is not read. */
  readonly platform: PlatformState;
  /** The older stream that has the topic, or may have it. */
  readonly older: Rival<EventStream> | undefined;
  /** Id of the cluster that answered; `undefined`: it has none, or nobody answered. */
  readonly clusterId: string | undefined;
  /** Known and `undefined`: there is no such topic. */
  readonly topic: Observation<CurrentTopic | undefined>;
}

const NOTHING_READ = { clusterId: undefined, topic: NOT_READ } as const;

export async function observeStream(
  stream: EventStream,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<ObservedStream> {
  const platform = await platforms.read(stream, context);
  if (platform.state !== "present") return Object.freeze({ platform, older: undefined, ...NOTHING_READ });
  const claim = { platform, cache: context.kubernetes };
  if (problemOf(platform, ["Kafka"]) !== undefined) {
    return Object.freeze({ platform, older: olderClaimant(TOPIC_CLAIM, stream, claim), ...NOTHING_READ });
  }
  const read = await observed(clients.kafka(platform).readTopic(topicNameOf(stream), context.signal));
  const { clusterId, topic } =
    read.state === "known" ? told(read.value) : { clusterId: undefined, topic: read };
  const id = topic.state === "known" ? topic.value?.id : undefined;
  const older = olderClaimant(TOPIC_CLAIM, stream, { ...claim, system: clusterId, id });
  return Object.freeze({ platform, older, clusterId, topic });
}

function told({ clusterId, topic: value }: TopicReading): Pick<ObservedStream, "clusterId" | "topic"> {
  return { clusterId, topic: { state: "known", value } };
}
