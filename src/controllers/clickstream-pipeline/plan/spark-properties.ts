/**
 * `spark.properties`: where the driver and its tasks run, and with how much. Catalog, checkpoint and everything else that belongs to
 * the job's logic the job sets itself from `job.json`. Holds no secret. Pure.
 */
import type { SecretVariable } from "../../../platform/environment.ts";
import { variablesOf } from "../../../platform/environment.ts";
import type { Properties } from "../../../workloads/properties.ts";
import { withFurtherProperties } from "../../../workloads/further-properties.ts";
import { renderProperties } from "../../../workloads/properties.ts";
import { jvmOptions, taskSlots } from "../../../workloads/spark-memory.ts";
import { LONE_MASTER, SPARK_CONFIG_FOLDER, sparkDriverProperties } from "../../../workloads/spark-pod.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { EXECUTOR_CONTAINER } from "./executor-pod.ts";
import { DRIVER_PORTS } from "../../../generated/endpoints.ts";
import { STREAM_JOB_SYSTEMS } from "../parts.ts";

export const EXECUTOR_POD_FILE = "executor-pod.yaml";

/** Where the job runs and what it keeps: not only what is set just now. */
const KEPT =
  /^spark\.(kubernetes\.|submit\.|jars|plugins|extraListeners|(driver|executor)\.(memory|cores|instances|extraClassPath|extraJavaOptions)|executorEnv\.|sql\.(catalog\.|streaming\.)|hadoop\.)/;

/** The whole file as text, one property a line, sorted by name. */
export function renderSparkProperties(pipeline: ValidatedPipeline): string {
  const own: Properties = {
    ...driverProperties(pipeline),
    ...(pipeline.processing.executors === 0 ? { "spark.master": LONE_MASTER } : executorProperties(pipeline)),
    ...stateStoreProperties(pipeline),
  };
  const { sparkConf: given } = pipeline.processing;
  const field = "spec.processing.sparkConf";
  const properties = withFurtherProperties({ field, given, own, kept: KEPT });
  const lines = renderProperties(properties).split(/(?<=\n)/);
  return lines.sort().join("");
}

function driverProperties({ owner, processing, names }: ValidatedPipeline): Properties {
  return {
    ...sparkDriverProperties(names.streamJob, processing.driverResources),
    "spark.driver.bindAddress": "0.0.0.0",
    "spark.driver.port": DRIVER_PORTS.driver.port,
    "spark.driver.blockManager.port": DRIVER_PORTS.blocks.port,
    "spark.kubernetes.namespace": owner.key.namespace,
  };
}

function executorProperties(pipeline: ValidatedPipeline): Properties {
  const { images, names, processing, platform } = pipeline;
  const { requests, limits } = processing.executorResources;
  return {
    "spark.master": "k8s://https://kubernetes.default.svc",
    "spark.executor.instances": processing.executors,
    "spark.executor.cores": taskSlots(processing.executorResources),
    "spark.executor.memory": `${processing.executorMemory.heap}m`,
    "spark.executor.memoryOverhead": `${processing.executorMemory.overhead}m`,
    "spark.executor.extraJavaOptions": jvmOptions(processing.executorResources),
    // Of other executors' rows a task has so many bytes under way; what is larger goes through a file. All must fit into the direct memory.
    "spark.reducer.maxSizeInFlight": "8m",
    "spark.network.maxRemoteBlockSizeFetchToMem": "8m",
    "spark.kubernetes.executor.request.cores": requests.cpu,
    "spark.kubernetes.executor.limit.cores": limits.cpu,
    "spark.kubernetes.container.image": images.spark,
    "spark.kubernetes.container.image.pullPolicy": "IfNotPresent",
    // The pod of a StatefulSet has a fixed name. As owner of the executors it takes them along when it goes.
    "spark.kubernetes.driver.pod.name": `${names.streamJob}-0`,
    "spark.kubernetes.executor.podTemplateFile": `${SPARK_CONFIG_FOLDER}/${EXECUTOR_POD_FILE}`,
    "spark.kubernetes.executor.podTemplateContainerName": EXECUTOR_CONTAINER,
    // Executors have nothing in it that the image lacks. It makes none of these, so it needs no right to make or sweep them up.
    "spark.kubernetes.executor.disableConfigMap": true,
    "spark.kubernetes.driver.service.deleteOnTermination": false,
    "spark.kubernetes.driver.ownPersistentVolumeClaim": false,
    "spark.executorEnv.AWS_REGION": platform.spec.storage.region,
    ...secretProperties(variablesOf(platform.spec, STREAM_JOB_SYSTEMS)),
  };
}

function secretProperties(secrets: readonly SecretVariable[]): Properties {
  return Object.fromEntries(
    secrets.map(({ variable, secret, key }) => [
      `spark.kubernetes.executor.secretKeyRef.${variable}`,
      `${secret}:${key}`,
    ]),
  );
}

/** The job chooses RocksDB for its state; only who sizes the container knows what it may take. */
function stateStoreProperties({ processing }: ValidatedPipeline): Properties {
  const memory = processing.executors === 0 ? processing.driverMemory : processing.executorMemory;
  return { "spark.sql.streaming.stateStore.rocksdb.maxMemoryUsageMB": memory.rocksdb };
}
