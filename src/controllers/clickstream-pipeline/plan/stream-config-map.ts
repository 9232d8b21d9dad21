/** The files of the driver: what to do, how Spark does it, and what executors look like. Pure. */
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { childMetadata } from "./component.ts";
import { renderExecutorPod } from "./executor-pod.ts";
import { renderJobJson } from "./job-json.ts";
import { EXECUTOR_POD_FILE, renderSparkProperties } from "./spark-properties.ts";

export type StreamConfigMap = Child<{ data: Readonly<Record<string, string>> }>;

export function planStreamConfigMap(pipeline: ValidatedPipeline): StreamConfigMap {
  return child(CHILD_TYPES.ConfigMap, childMetadata(pipeline, pipeline.names.streamJob, "stream"), {
    data: {
      "job.json": renderJobJson(pipeline),
      "spark.properties": renderSparkProperties(pipeline),
      ...(pipeline.processing.executors === 0 ? {} : { [EXECUTOR_POD_FILE]: renderExecutorPod(pipeline) }),
    },
  });
}
