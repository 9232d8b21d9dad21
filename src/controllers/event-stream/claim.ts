/** Which EventStreams want one and the same topic. Pure. */
import type { DataPlatform, EventStream } from "../../crds/kinds.ts";
import type { TopicName } from "../../naming/topics.ts";
import { defaultTopicName } from "../../naming/topics.ts";

/** Finds the platform of a stream; `undefined` when there is none. */
export type PlatformLookup = (stream: EventStream) => DataPlatform | undefined;

/** The topic that a stream wants. The API server has checked a written name. */
export function topicNameOf(stream: EventStream): TopicName {
  const { namespace = "", name } = stream.metadata;
  return (stream.spec.topicName as TopicName | undefined) ?? defaultTopicName({ namespace, name });
}

/** The other streams that want the topic of `own` in the same cluster. */
export function rivalsOf(
  own: EventStream,
  streams: readonly EventStream[],
  platformOf: PlatformLookup,
): readonly EventStream[] {
  const topic = topicNameOf(own);
  const servers = new Set(platformOf(own)?.spec.kafka.bootstrapServers);
  return streams.filter(
    (other) =>
      other.metadata.uid !== own.metadata.uid &&
      topicNameOf(other) === topic &&
      (isSamePlatform(own, other) || sharesServer(servers, platformOf(other))),
  );
}

function isSamePlatform(one: EventStream, other: EventStream): boolean {
  return (
    one.metadata.namespace === other.metadata.namespace &&
    one.spec.platformRef.name === other.spec.platformRef.name
  );
}

/** Two platforms that have a server in common are one cluster. Different addresses of one cluster go unnoticed. */
function sharesServer(servers: ReadonlySet<string>, platform: DataPlatform | undefined): boolean {
  return platform?.spec.kafka.bootstrapServers.some((server) => servers.has(server)) === true;
}
