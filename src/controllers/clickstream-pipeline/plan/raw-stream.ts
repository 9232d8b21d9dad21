/** The EventStream between collector and stream job. Pure. */
import type { EventStreamSpec } from "../../../crds/kinds.ts";
import { eventStreamKind } from "../../../crds/kinds.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { childMetadata } from "../../../workloads/metadata.ts";

/** The largest record batch that a topic takes unless it says otherwise, in bytes. */
const KAFKA_MAX_MESSAGE_BYTES = 1_048_588;
/** Room for the headers and the key that the collector puts beside an event, in bytes. */
const ENVELOPE_BYTES = 48_000;

export function planRawStream(pipeline: ValidatedPipeline): Child<{ spec: EventStreamSpec }> {
  const { partitions, replicationFactor, retention } = pipeline.stream;
  const largestRecord = pipeline.collector.maxEventBytes + ENVELOPE_BYTES;
  return child(eventStreamKind, childMetadata(pipeline, { name: pipeline.names.rawStream }), {
    spec: {
      platformRef: { name: pipeline.platform.name },
      topicName: pipeline.topicName,
      partitions,
      ...(replicationFactor === undefined ? {} : { replicationFactor }),
      ...(retention === undefined ? {} : { retention }),
      ...(largestRecord > KAFKA_MAX_MESSAGE_BYTES
        ? { configs: { "max.message.bytes": String(largestRecord) } }
        : {}),
      deletionPolicy: pipeline.deletionPolicy,
    },
  });
}
