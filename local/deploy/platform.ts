/** Brings up what every demo, end-to-end test and benchmark needs: a cluster with engines and operator in it. */
import { join } from "node:path";
import { loadImages, startCluster } from "../cluster/lifecycle.ts";
import { Cluster, waitForWorkloads, type ImageReference } from "./deployment.ts";
import { buildImages } from "../images/build.ts";
import { buildPlugin } from "./plugin.ts";
import { checkoutFolder } from "../support/checkout.ts";
import type { Steps } from "../support/progress.ts";

/** Whether the cluster of KUBECONFIG is used instead of one of our own. */
export const isExistingCluster = process.env["CLUSTER"] === "existing";
const engineTimeoutSeconds = 600;
/** Systems that only some platforms have, with their images. */
const optional = { airflow: ["airflow"], hbase: ["hbase", "hbase-admin"] } as const;

/** The images that run in the cluster; the base images are only built upon. */
export const deployedImages: readonly string[] = [
  "operator",
  "sql-planner",
  "collector",
  "spark",
  "trino",
  "flight-gateway",
  "kafka",
  "versitygw",
  "postgresql",
  "iceberg-rest",
  ...optional.airflow,
  ...optional.hbase,
];

/** The references of the images as they are built from this checkout; builds what is missing. */
export async function imageReferences(): Promise<ImageReference[]> {
  return buildImages({ names: deployedImages });
}

/**
 * Builds what is missing, starts the local cluster (or takes the one of KUBECONFIG with CLUSTER=existing), and waits until
 * engines and operator run. Everything that is there already is used as it is. Airflow starts too where it is wanted, and nobody waits for it:
 * that takes about a minute, in which all else can begin.
 */
export async function bringUpPlatform(
  steps: Steps,
  wanted: { readonly airflow: boolean; readonly hbase: boolean },
): Promise<Cluster> {
  const cluster = platformCluster();
  const names = deployedImages.filter((name) => !leftOut(wanted).includes(name));
  if (!isExistingCluster) {
    await steps.run("Start the local cluster", async (report) => {
      await startCluster(report);
    });
  }
  const images = await steps.run("Build the images", async (report) => {
    const built = await buildImages({ names, push: isExistingCluster, onProgress: report });
    report(`${built.length} images are there`);
    return built;
  });
  if (!isExistingCluster) {
    await steps.run("Load the images into the cluster", async (report) => {
      await loadImages(
        images.map((image) => image.archive),
        report,
      );
    });
  }
  await steps.run("Build kubectl clickstream", buildPlugin);
  await steps.run("Install engines and operator", async (report) => {
    await cluster.applyWithImages("engines", images);
    await cluster.apply(join(checkoutFolder, "config", "crd"));
    await cluster.applyWithImages("operator", images);
    if (wanted.airflow) await cluster.applyWithImages("engines/airflow", images);
    if (wanted.hbase) {
      await cluster.applyWithImages("engines/hbase", images);
      await cluster.applyWithImages("operator/hbase-admin", images);
    }
    const options = { timeoutSeconds: engineTimeoutSeconds, report };
    await waitForWorkloads(cluster, { namespace: "engines", partOf: "openclickstream-engines" }, options);
    await waitForWorkloads(cluster, { namespace: "openclickstream-system" }, options);
  });
  return cluster;
}

/** Images of systems that nobody wants now. */
function leftOut(wanted: { readonly airflow: boolean; readonly hbase: boolean }): readonly string[] {
  return [...(wanted.airflow ? [] : optional.airflow), ...(wanted.hbase ? [] : optional.hbase)];
}

/** The cluster that is used, whether it runs or not. */
export function platformCluster(): Cluster {
  return isExistingCluster
    ? existingCluster()
    : new Cluster(checkoutFolder, join(checkoutFolder, ".local", "kubeconfig"));
}

function existingCluster(): Cluster {
  const kubeconfig = process.env["KUBECONFIG"];
  if (kubeconfig === undefined || kubeconfig === "") {
    throw new Error("CLUSTER=existing needs KUBECONFIG: the file that points to the cluster");
  }
  return new Cluster(checkoutFolder, kubeconfig);
}
