/** The files of a product's runs: what to do, and how Spark does it. Pure. */
import { productRunName } from "../../../naming/children.ts";
import type { ConfigMap } from "../../../workloads/config-map.ts";
import { configMap } from "../../../workloads/config-map.ts";
import { renderProperties } from "../../../workloads/properties.ts";
import { loneSparkProperties, SPARK_PROPERTIES_FILE } from "../../../workloads/spark-pod.ts";
import type { Definition } from "../definition.ts";
import { dagIdOf, RUN_COMPONENT } from "../parts.ts";
import type { RunSettings, ValidatedProduct } from "../validate.ts";
import { renderBatchJson } from "./batch-json.ts";

export function planRunConfigMap(
  product: ValidatedProduct,
  definition: Definition,
  runs: RunSettings,
): ConfigMap {
  const { key } = product.owner;
  return configMap(
    product,
    { name: productRunName(key.name), component: RUN_COMPONENT },
    {
      "batch.json": renderBatchJson(product, definition, runs),
      [SPARK_PROPERTIES_FILE]: renderProperties(loneSparkProperties(dagIdOf(key), definition.resources)),
    },
  );
}
