/** The pod of a Spark driver: its folders, its volumes, the platform's Secrets, and how Spark is told what it may take. Pure. */
import type { V1Container, V1EnvVar, V1PodSpec, V1Volume } from "@kubernetes/client-node";
import type { DataPlatformSpec } from "../crds/kinds.ts";
import { secretEnvironment, secretVolumes, variablesOf } from "../platform/environment.ts";
import type { Component } from "../platform/references.ts";
import { plainEnvironment } from "../targets/kubernetes/environment.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../targets/kubernetes/pod-security.ts";
import type { ContainerResources } from "../targets/kubernetes/resources.ts";
import { containerResources } from "../targets/kubernetes/resources.ts";
import type { Properties } from "./properties.ts";
import { jvmOptions, sparkMemory } from "./spark-memory.ts";

/** Where the programs of the image look for their document and, beside it, for `spark.properties`. */
export const SPARK_CONFIG_FOLDER = "/etc/openclickstream";
export const SPARK_PROPERTIES_FILE = "spark.properties";
/** Spark's scratch folder; by the environment variable the executors use the same. */
const SCRATCH_FOLDER = "/var/data/spark";

/** One driver, whoever starts it. */
export interface SparkDriver {
  readonly platform: DataPlatformSpec;
  /** The systems that it reaches: it gets their Secrets. */
  readonly systems: readonly Component[];
  readonly image: string;
  /** The image's program and its arguments. */
  readonly args: readonly string[];
  readonly resources: ContainerResources;
  /** What lies in the configuration's folder. */
  readonly config: Omit<V1Volume, "name">;
}

/** The driver's pod without what its owner adds: account, how it ends, ports and probes of the container. */
export function sparkDriverPod(driver: SparkDriver): V1PodSpec & { readonly containers: [V1Container] } {
  return {
    enableServiceLinks: false,
    securityContext: RESTRICTED_POD,
    containers: [container(driver)],
    volumes: [
      { name: "config", ...driver.config },
      { name: "scratch", emptyDir: {} },
      { name: "tmp", emptyDir: {} },
      ...secretVolumes(driver.platform, driver.systems).volumes,
    ],
  };
}

/** The pod of a driver that does all the work itself, once: it needs nothing of Kubernetes, and whoever started it judges how it ended. */
export function loneSparkPod(driver: SparkDriver): V1PodSpec & { readonly containers: [V1Container] } {
  return { ...sparkDriverPod(driver), automountServiceAccountToken: false, restartPolicy: "Never" };
}

function container({ platform, systems, image, args, resources }: SparkDriver): V1Container {
  return {
    name: "driver",
    image,
    imagePullPolicy: "IfNotPresent",
    args: [...args],
    env: environment(platform, systems),
    resources: containerResources(resources),
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: RESTRICTED_CONTAINER,
    volumeMounts: [
      { name: "config", mountPath: SPARK_CONFIG_FOLDER, readOnly: true },
      { name: "scratch", mountPath: SCRATCH_FOLDER },
      { name: "tmp", mountPath: "/tmp" },
      ...secretVolumes(platform, systems).mounts,
    ],
  };
}

function environment(platform: DataPlatformSpec, systems: readonly Component[]): V1EnvVar[] {
  return [
    { name: "POD_IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
    // What Spark takes as the driver's host: executors connect to the address and need no name.
    { name: "SPARK_LOCAL_HOSTNAME", value: "$(POD_IP)" },
    ...plainEnvironment({ SPARK_LOCAL_DIRS: SCRATCH_FOLDER, AWS_REGION: platform.storage.region }),
    ...secretEnvironment(variablesOf(platform, systems)),
  ];
}

/** How Spark knows a driver, and what its JVM may take; holds no secret. */
export function sparkDriverProperties(name: string, resources: ContainerResources): Properties {
  return {
    "spark.app.name": name,
    "spark.submit.deployMode": "client",
    "spark.driver.memory": `${sparkMemory(resources).heap}m`,
    "spark.driver.extraJavaOptions": jvmOptions(resources),
  };
}

/** The properties of a driver that does all the work itself. */
export function loneSparkProperties(name: string, resources: ContainerResources): Properties {
  return { ...sparkDriverProperties(name, resources), "spark.master": LONE_MASTER };
}

/** Spark's word for a driver without executors. */
export const LONE_MASTER = "local[*]";
