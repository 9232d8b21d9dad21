/** The EventStream between collector and stream job. Pure. */
import type { EventStreamSpec } from "../../../crds/kinds.ts";
import { eventStreamKind } from "../../../crds/kinds.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { childMetadata } from "./component.ts";

export function planRawStream(pipeline: ValidatedPipeline): Child<{ spec: EventStreamSpec }> {
  const { partitions, replicationFactor, retention } = pipeline.stream;
  return child(eventStreamKind, childMetadata(pipeline, pipeline.names.rawStream), {
    spec: {
      platformRef: { name: pipeline.platform.name },
      topicName: pipeline.topicName,
      partitions,
      ...(replicationFactor === undefined ? {} : { replicationFactor }),
      ...(retention === undefined ? {} : { retention }),
      deletionPolicy: pipeline.deletionPolicy,
    },
  });
}
