/** Reads who else claims the stream's topic, the platform, and the topic itself; does not write. */
import type { DataPlatform, EventStream } from "../../crds/kinds.ts";
import { dataPlatformKind, eventStreamKind } from "../../crds/kinds.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import type { CurrentTopic } from "../../targets/kafka/topic.ts";
import type { PlatformClients } from "../../targets/platform/clients.ts";
import { readPlatform } from "../../targets/platform/read.ts";
import type { PlatformState } from "../../targets/platform/settings.ts";
import { findOlder } from "../claims.ts";
import type { Observation } from "../observation.ts";
import { observed } from "../observation.ts";
import { rivalsOf, topicNameOf } from "./claim.ts";

export interface ObservedStream {
  /** The older stream that has the topic; then nothing else was read. */
  readonly older: EventStream | undefined;
  readonly platform: PlatformState;
  /** Known and `undefined`: there is no such topic. */
  readonly topic: Observation<CurrentTopic | undefined>;
}

const NOT_READ: Observation<never> = { state: "unknown", error: new Error("the topic was not read") };

export async function observeStream(
  stream: EventStream,
  context: ReconcileContext<PlatformClients>,
): Promise<ObservedStream> {
  const { kubernetes, clients, signal } = context;
  const older = olderClaimant(stream, kubernetes);
  const key = { namespace: stream.metadata.namespace ?? "", name: stream.spec.platformRef.name };
  const platform = await readPlatform(kubernetes, key);
  if (older !== undefined || platform.state !== "resolved") {
    return Object.freeze({ older, platform, topic: NOT_READ });
  }
  const { kafka } = clients.connect(platform.settings);
  return Object.freeze({
    older,
    platform,
    topic: await observed(kafka.readTopic(topicNameOf(stream), signal)),
  });
}

/** The older stream that has the topic of this one, in whatever namespace. */
export function olderClaimant(stream: EventStream, cache: ObjectReader): EventStream | undefined {
  const platformOf = (other: EventStream): DataPlatform | undefined =>
    cache.cached<DataPlatform>(dataPlatformKind, {
      namespace: other.metadata.namespace ?? "",
      name: other.spec.platformRef.name,
    });
  const rivals = rivalsOf(stream, cache.cachedList<EventStream>(eventStreamKind), platformOf);
  return findOlder(stream, rivals, (candidate) => candidate.status?.topicId !== undefined);
}
