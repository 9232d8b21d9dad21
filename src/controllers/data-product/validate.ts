/** Turns a product, its surroundings and its platform into settings: what its SQL defines, and how it is run. Pure. */
import { keyOf } from "../../api/objects.ts";
import type { DataPlatformSpec, DataProduct } from "../../crds/kinds.ts";
import { DATA_PRODUCT_DEFAULTS, dataProductKind, parseDurationSeconds } from "../../crds/kinds.ts";
import { managedLabels } from "../../naming/marks.ts";
import { requireAirflow } from "../../platform/airflow.ts";
import { requirePresent } from "../../platform/platform.ts";
import { requireStorage } from "../../platform/storage.ts";
import { WaitingError } from "../../runtime/errors.ts";
import type { ChildOwner } from "../../targets/kubernetes/child.ts";
import type { GivenPodTemplate } from "../../workloads/pod-template.ts";
import { requireKnown } from "../observation.ts";
import { withoutAppendedTwice } from "./appended-windows.ts";
import type { Definition } from "./definition.ts";
import { resolveDefinition } from "./definition.ts";
import type { ObservedProduct } from "./observe.ts";
import type { DagOrigin } from "./parts.ts";
import { dagFileKey, dagIdOf, isWindowed } from "./parts.ts";
import type { Requests } from "./requests.ts";
import { resolveRequests } from "./requests.ts";
import type { Windowing } from "./runs.ts";

/** What the operator gives to every product. */
export interface ProductSettings {
  /** Image with the batch job, as a full reference. */
  readonly image: string;
}

/** How a product is run. */
export interface RunSettings extends Windowing {
  readonly platform: DataPlatformSpec;
  readonly image: string;
  readonly dagId: string;
  /** By which the DAG and its file are known as this product's. */
  readonly origin: DagOrigin;
  /** Key of the DAG file in the platform's bucket, and the folder that it is in. */
  readonly fileKey: string;
  readonly bundlePrefix: string;
  readonly schedule: string | undefined;
  /** Of `onUpdate`: shortest time between the starts of two runs. */
  readonly minIntervalSeconds: number;
  readonly timeZone: string;
  readonly createdAt: string;
  readonly podTemplate: GivenPodTemplate;
  readonly requests: Part<Requests>;
}

/** A part that is resolved, or why it is not: the other parts go on without it. */
export type Part<Value> =
  | { readonly state: "resolved"; readonly value: Value }
  | { readonly state: "refused"; readonly error: Error };

/** Everything that the plan is made from. SQL that is wrong does not stop the runs of the version before. */
export interface ValidatedProduct {
  readonly resource: DataProduct;
  readonly owner: ChildOwner;
  readonly labels: Readonly<Record<string, string>>;
  readonly platformName: string;
  readonly isSuspended: boolean;
  readonly definition: Part<Definition>;
  /** `unwanted`: the product is suspended and the platform has no Airflow, which then nobody misses. */
  readonly runs: Part<RunSettings> | { readonly state: "unwanted" };
}

export function validateProduct(
  product: DataProduct,
  observed: ObservedProduct,
  settings: ProductSettings,
): ValidatedProduct {
  const owner = { type: dataProductKind, key: keyOf(product), uid: product.metadata.uid ?? "" };
  const isSuspended = product.spec.suspend ?? DATA_PRODUCT_DEFAULTS.suspend;
  const { platform } = observed;
  const isUnwanted = isSuspended && platform.state === "present" && platform.spec.airflow === undefined;
  return {
    resource: product,
    owner,
    labels: managedLabels(dataProductKind.kind, owner.key.name),
    platformName: product.spec.platformRef.name,
    isSuspended,
    definition: partOf(() => resolveDefinition(product, observed)),
    runs: isUnwanted ? { state: "unwanted" } : partOf(() => resolveRuns(product, observed, settings)),
  };
}

/** What a function gives, or the error that it throws. */
export function partOf<Value>(resolve: () => Value): Part<Value> {
  try {
    return { state: "resolved", value: resolve() };
  } catch (error) {
    return { state: "refused", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Throws `WaitingError` while the platform has no Airflow, or lacks what reaching it needs. */
function resolveRuns(
  product: DataProduct,
  { platform, cluster, times, dag }: ObservedProduct,
  { image }: ProductSettings,
): RunSettings {
  const { spec } = requirePresent(platform);
  const key = keyOf(product);
  if (spec.airflow === undefined) throw noAirflow(product);
  const { bundlePrefix } = requireAirflow(platform);
  requireStorage(platform);
  const { refresh, podTemplate } = product.spec;
  return {
    platform: spec,
    image,
    dagId: dagIdOf(key),
    origin: { ...key, cluster: requireKnown(cluster) },
    fileKey: dagFileKey(bundlePrefix, key),
    bundlePrefix,
    schedule: refresh.schedule,
    minIntervalSeconds: secondsOf(refresh.onUpdate?.minInterval),
    timeZone: refresh.timeZone ?? DATA_PRODUCT_DEFAULTS.timeZone,
    ...windowingOf(product),
    createdAt: product.metadata.creationTimestamp ?? "",
    podTemplate,
    requests: partOf(() =>
      withoutAppendedTwice(product, resolveRequests(product), {
        appended: requireKnown(times).appended,
        runs: dag.state === "known" ? dag.value.runs : [],
      }),
    ),
  };
}

/** As the spec says, whatever else of it is wrong. */
export function windowingOf(product: DataProduct): Windowing {
  const { lookback, delay, mode } = product.spec.incremental ?? {};
  return {
    isWindowed: isWindowed(product),
    lookbackSeconds: secondsOf(lookback),
    delaySeconds: secondsOf(delay ?? (mode === "Append" ? DATA_PRODUCT_DEFAULTS.appendDelay : undefined)),
  };
}

function secondsOf(duration: string | undefined): number {
  return duration === undefined ? 0 : parseDurationSeconds(duration);
}

function noAirflow({ spec, status }: DataProduct): WaitingError {
  const { name } = spec.platformRef;
  const message =
    status?.dag === undefined
      ? `DataPlatform "${name}" names no Airflow, which would run this product; give it spec.airflow`
      : `DataPlatform "${name}" names no Airflow any more; DAG ${status.dag} stays, with its file, in the one that it named: delete both there, ` +
        "or give it spec.airflow again";
  return new WaitingError("AirflowMissing", message, { retryAfterSeconds: MISSING_RETRY_SECONDS });
}

/** A change of the platform wakes its products. */
const MISSING_RETRY_SECONDS = 60;
