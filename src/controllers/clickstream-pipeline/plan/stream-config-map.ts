/** The files of the driver: what to do, how Spark does it, and what executors look like. Pure. */
import type { ConfigMap } from "../../../workloads/config-map.ts";
import { configMap } from "../../../workloads/config-map.ts";
import { SPARK_PROPERTIES_FILE } from "../../../workloads/spark-pod.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { renderExecutorPod } from "./executor-pod.ts";
import { renderJobJson } from "./job-json.ts";
import { EXECUTOR_POD_FILE, renderSparkProperties } from "./spark-properties.ts";

export function planStreamConfigMap(pipeline: ValidatedPipeline): ConfigMap {
  return configMap(
    pipeline,
    { name: pipeline.names.streamJob, component: "stream" },
    {
      "job.json": renderJobJson(pipeline),
      [SPARK_PROPERTIES_FILE]: renderSparkProperties(pipeline),
      ...(pipeline.processing.executors === 0 ? {} : { [EXECUTOR_POD_FILE]: renderExecutorPod(pipeline) }),
    },
  );
}
