/**
 * What Kubernetes cannot collect of a deleted product: its DAG with its file; and its policy is passed on to the LakeTable, which goes
 * with it and does what it says.
 */
import type { DataPlatform, DataProduct } from "../../crds/kinds.ts";
import { DATA_PRODUCT_DEFAULTS, dataPlatformKind, lakeTableKind } from "../../crds/kinds.ts";
import { keyOf } from "../../api/objects.ts";
import { requireAirflow } from "../../platform/airflow.ts";
import { platformForCleanup } from "../../platform/cleanup.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import type { ObjectReader, ReconcileContext } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { DataChild } from "../data-children.ts";
import { hasLostChildren, ownDataChildren, passPolicyOn, policyOf } from "../data-children.ts";
import type { ProductReaders } from "./observe.ts";
import { deleteOwnFile } from "./dag-deletion.ts";
import { isOwnDag } from "./dag-state.ts";
import { targetOf } from "./graph.ts";
import type { DagOrigin } from "./parts.ts";
import { tellAborted } from "./tell-lineage.ts";
import { dagFileKey, dagIdOf } from "./parts.ts";

/** The LakeTable carries a copy of the policy, so it may still say Delete when the product says Retain already. */
export function needsCleanup(product: DataProduct, cache: ObjectReader): boolean {
  const policies = [
    policyOfTarget(product),
    ...tableOf(product, cache).map(({ object }) => policyOf(object)),
  ];
  return policies.includes("Delete") || hasAirflow(product, cache) || product.status?.dag !== undefined;
}

/** What is done by hand where cleaning up was given up. */
export function describeProductLeft(product: DataProduct): string {
  const table = `the table ${targetOf(product)}, as its LakeTable says`;
  const { dag } = product.status ?? {};
  return dag === undefined ? table : `${table}; DAG ${dag} in Airflow with its file in the bundle`;
}

type CleanupReaders = Pick<ProductReaders, keyof SystemAccess | "cluster">;

/** Safe to run again at any point. */
export async function finalizeProduct(
  product: DataProduct,
  context: ReconcileContext,
  systems: CleanupReaders,
): Promise<void> {
  const { kubernetes } = context;
  // Without its platform's Airflow nobody can reach the DAG: the condition said so as long as the product was there.
  if (hasAirflow(product, kubernetes)) await deleteDag(product, context, systems);
  await tellAborted(product, context, systems);
  if (hasLostChildren(product, [lakeTableKind], kubernetes)) return;
  await passPolicyOn(policyOfTarget(product), tableOf(product, kubernetes), kubernetes);
}

function hasAirflow(product: DataProduct, cache: ObjectReader): boolean {
  const key = { ...keyOf(product), name: product.spec.platformRef.name };
  return cache.cached<DataPlatform>(dataPlatformKind, key)?.spec.airflow !== undefined;
}

async function deleteDag(
  product: DataProduct,
  context: ReconcileContext,
  systems: CleanupReaders,
): Promise<void> {
  const cleanup = { components: ["Airflow", "Storage"], platforms: systems.platforms, context } as const;
  const platform = await platformForCleanup(product, cleanup);
  if (platform === undefined) return;
  const origin = { ...keyOf(product), cluster: await systems.cluster.read(context.kubernetes) };
  await deleteFiles(product, origin, { platform, context, systems });
  const id = dagIdOf(origin);
  const airflow = systems.clients.airflow(platform);
  const dag = await airflow.readDag(id, context.signal);
  if (dag === undefined || !isOwnDag(dag, origin)) return;
  if (!dag.isPaused) await airflow.setPaused(id, true, context);
  // A DAG that is deleted while Airflow still has its file comes back at the next reading.
  if (!dag.isStale && secondsSinceDeletion(product, context.now()) < MOST_SECONDS_UNTIL_STALE) {
    throw new WaitingError("NotSettled", `Airflow has not noticed yet that the file of DAG ${id} is gone`, {
      retryAfterSeconds: STALE_RETRY_SECONDS,
    });
  }
  await airflow.deleteDag(id, context);
}

const STALE_RETRY_SECONDS = 3;
/** Some ten times the refresh interval of a bundle; after this it is not waited for any more. */
const MOST_SECONDS_UNTIL_STALE = 60;

/** Where it is, and where it would be by now. */
async function deleteFiles(
  { status }: DataProduct,
  origin: DagOrigin,
  { platform, context, systems }: DeletionSight,
): Promise<void> {
  const fileKey = dagFileKey(requireAirflow(platform).bundlePrefix, origin);
  const store = systems.clients.storage(platform);
  for (const key of new Set([fileKey, status?.dagFile ?? fileKey]))
    await deleteOwnFile(key, origin, { store, context });
}

interface DeletionSight {
  readonly platform: PresentPlatform;
  readonly context: ReconcileContext;
  readonly systems: CleanupReaders;
}

function secondsSinceDeletion({ metadata }: DataProduct, now: Date): number {
  return (now.getTime() - Date.parse(metadata.deletionTimestamp ?? "")) / 1000;
}

function policyOfTarget({ spec }: DataProduct): "Retain" | "Delete" {
  return spec.target.deletionPolicy ?? DATA_PRODUCT_DEFAULTS.deletionPolicy;
}

function tableOf(product: DataProduct, cache: ObjectReader): readonly DataChild[] {
  const { name } = keyOf(product);
  return ownDataChildren(product, [{ type: lakeTableKind, name }], cache);
}
