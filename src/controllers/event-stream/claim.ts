/** Which EventStreams want one and the same topic. Pure. */
import type { DataPlatform, DataPlatformSpec, EventStream } from "../../crds/kinds.ts";
import { eventStreamKind } from "../../crds/kinds.ts";
import type { TopicName } from "../../naming/topics.ts";
import { defaultTopicName } from "../../naming/topics.ts";
import type { ObjectIndex } from "../../runtime/controller.ts";

/** Finds the platform of a stream; `undefined` when there is none. */
export type PlatformLookup = (stream: EventStream) => DataPlatform | undefined;

/** The topic that a stream wants. The API server has checked a written name. */
export function topicNameOf(stream: EventStream): TopicName {
  const { namespace = "", name } = stream.metadata;
  return (stream.spec.topicName as TopicName | undefined) ?? defaultTopicName({ namespace, name });
}

/** Finds streams by the topic that they want, in whatever cluster. */
export const STREAMS_BY_TOPIC: ObjectIndex<EventStream> = {
  type: eventStreamKind,
  valuesOf: (stream) => [topicNameOf(stream)],
};

/** The streams that may be rivals, and how to find their platforms. */
export interface Claimants {
  readonly streams: readonly EventStream[];
  readonly platformOf: PlatformLookup;
}

/** The other streams that want the topic of `own` in the cluster that `kafka` leads to. One whose platform is away may be in it. */
export function rivalsOf(
  own: EventStream,
  kafka: Pick<DataPlatformSpec["kafka"], "bootstrapServers">,
  { streams, platformOf }: Claimants,
): readonly EventStream[] {
  const topic = topicNameOf(own);
  const servers = new Set(kafka.bootstrapServers);
  return streams.filter(
    (other) =>
      other.metadata.uid !== own.metadata.uid &&
      topicNameOf(other) === topic &&
      (isSamePlatform(own, other) || mayShareServer(servers, platformOf(other))),
  );
}

function isSamePlatform(one: EventStream, other: EventStream): boolean {
  return (
    one.metadata.namespace === other.metadata.namespace &&
    one.spec.platformRef.name === other.spec.platformRef.name
  );
}

/** Two platforms that have a server in common are one cluster. Different addresses of one cluster go unnoticed. */
function mayShareServer(servers: ReadonlySet<string>, platform: DataPlatform | undefined): boolean {
  return platform === undefined || platform.spec.kafka.bootstrapServers.some((server) => servers.has(server));
}
