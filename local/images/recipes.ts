/** Every image: its Dockerfile, its local base, and what goes into its build context beside the Dockerfile's folder. */
import { join } from "node:path";
import { goBinary, mavenArtifacts, versitygwBinary, type Artifact } from "./artifacts.ts";
import {
  debianRoot,
  javaRuntime,
  nodeBinary,
  operatorBundle,
  postgresqlDistribution,
  sparkDistribution,
  sparkJobs,
  sparkTraining,
  trinoDistribution,
} from "./distributions.ts";
import { pythonPackagesOf, pythonRuntime } from "./python.ts";
import { flightGateway, hbaseAdmin, profileApi, sqlPlanner } from "./java-services.ts";
import { checkoutFolder } from "../support/checkout.ts";

/** How an image is made. */
export interface ImageRecipe {
  readonly name: string;
  /** Folder whose files are the build context, the Dockerfile among them; undefined for the Dockerfile at the root. */
  readonly folder?: string;
  /** The local base image; without it the image starts from nothing. Docker takes the Dockerfile's own base instead. */
  readonly base?: string;
  /** Artifacts by their path in the build context. */
  readonly artifacts: Readonly<Record<string, () => Promise<Artifact>>>;
}

/** Images that only the others start from, where there is no registry to pull a public base from. */
const bases: readonly ImageRecipe[] = [
  { name: "base-debian", folder: "images/base-debian", artifacts: { "rootfs.tar": debianRoot } },
  { name: "base-static", folder: "images/base-static", base: "base-debian", artifacts: {} },
  {
    name: "base-java17",
    folder: "images/base-java17",
    base: "base-debian",
    artifacts: { runtime: async () => javaRuntime({ minimum: 17, maximum: 17 }) },
  },
  {
    name: "base-java25",
    folder: "images/base-java25",
    base: "base-debian",
    artifacts: { runtime: async () => javaRuntime({ minimum: 25, maximum: 99 }) },
  },
  { name: "base-node", folder: "images/base-node", base: "base-debian", artifacts: { node: nodeBinary } },
  {
    name: "base-python",
    folder: "images/base-python",
    base: "base-debian",
    artifacts: { root: pythonRuntime },
  },
];

/** Images that a cluster runs, smallest first. */
const images: readonly ImageRecipe[] = [
  {
    name: "collector",
    folder: "images/collector",
    base: "base-static",
    artifacts: { collector: async () => ourGoProgram("collector") },
  },
  {
    name: "versitygw",
    folder: "images/versitygw",
    base: "base-static",
    artifacts: { "bin/versitygw": versitygwBinary, "bin/make-buckets": makeBuckets },
  },
  {
    name: "operator",
    base: "base-node",
    artifacts: { dist: operatorBundle },
  },
  {
    name: "sql-planner",
    folder: "images/sql-planner",
    base: "base-java17",
    artifacts: { lib: sqlPlanner },
  },
  {
    name: "hbase-admin",
    folder: "images/hbase-admin",
    base: "base-java17",
    artifacts: { lib: hbaseAdmin },
  },
  {
    name: "flight-gateway",
    folder: "images/flight-gateway",
    base: "base-java17",
    artifacts: { lib: flightGateway },
  },
  {
    name: "profile-api",
    folder: "images/profile-api",
    base: "base-java17",
    artifacts: { lib: profileApi },
  },
  {
    name: "hbase",
    folder: "images/hbase",
    base: "base-java17",
    artifacts: { lib: async () => mavenArtifacts("hbase") },
  },
  {
    name: "kafka",
    folder: "images/kafka",
    base: "base-java17",
    artifacts: { lib: async () => mavenArtifacts("kafka") },
  },
  {
    name: "postgresql",
    folder: "images/postgresql",
    base: "base-debian",
    artifacts: { root: postgresqlDistribution },
  },
  {
    name: "iceberg-rest",
    folder: "images/iceberg-rest",
    base: "base-java17",
    artifacts: { lib: async () => mavenArtifacts("iceberg-rest") },
  },
  {
    name: "nessie",
    folder: "images/nessie",
    base: "base-java25",
    artifacts: { lib: async () => mavenArtifacts("nessie") },
  },
  {
    name: "spark",
    folder: "images/spark",
    base: "base-java17",
    artifacts: { spark: sparkDistribution, training: sparkTraining, jobs: sparkJobs },
  },
  {
    name: "airflow",
    folder: "images/airflow",
    base: "base-python",
    artifacts: { packages: async () => pythonPackagesOf("airflow") },
  },
  { name: "trino", folder: "images/trino", base: "base-java25", artifacts: { trino: trinoDistribution } },
];

/** The names of the images that a cluster runs. */
export const imageNames: readonly string[] = images.map((recipe) => recipe.name);

/** The recipe of an image or of a base; throws on an unknown name. */
export function recipeOf(name: string): ImageRecipe {
  const found = [...bases, ...images].find((recipe) => recipe.name === name);
  if (found !== undefined) return found;
  throw new Error(`no image is named "${name}": there are ${imageNames.join(", ")}`);
}

/** Whether an image is only there for others to start from. */
export function isBase(name: string): boolean {
  return bases.some((recipe) => recipe.name === name);
}

async function ourGoProgram(name: string): Promise<Artifact> {
  return goBinary({ name, module: join(checkoutFolder, "go"), package: `./cmd/${name}` });
}

async function makeBuckets(): Promise<Artifact> {
  const module = join(checkoutFolder, "images", "versitygw");
  return goBinary({ name: "make-buckets", module, package: "./make-buckets" });
}
