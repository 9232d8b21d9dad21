/** The pods of a product's runs, as the watch shows them. */
import type { KubernetesObject } from "../../api/objects.ts";
import { dataProductKind } from "../../crds/kinds.ts";
import { managedLabels, ownerLabel } from "../../naming/marks.ts";
import type { ObjectIndex, ObjectReader } from "../../runtime/controller.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";

const LABEL = ownerLabel(dataProductKind.kind);

const PODS_BY_PRODUCT: ObjectIndex = {
  type: CHILD_TYPES.Pod,
  valuesOf: ({ metadata }) => {
    const product = metadata.labels?.[LABEL];
    return product === undefined ? [] : [`${metadata.namespace ?? ""}/${product}`];
  },
};

/** Whether a run has a pod: then Airflow has news. */
export function hasPods(
  { namespace = "", name }: KubernetesObject["metadata"],
  cache: Pick<ObjectReader, "cachedBy">,
): boolean {
  const label = managedLabels(dataProductKind.kind, name)[LABEL] ?? "";
  return cache.cachedBy(PODS_BY_PRODUCT, `${namespace}/${label}`).length > 0;
}
