/** The identity of the pods of runs; they need nothing of the API server. Pure. */
import { productRunName } from "../../../naming/children.ts";
import { serviceAccount } from "../../../workloads/service-account.ts";
import { accountAnnotations } from "../../../workloads/workload-identity.ts";
import { RUN_COMPONENT } from "../parts.ts";
import type { RunSettings, ValidatedProduct } from "../validate.ts";

export function planRunServiceAccount(
  product: ValidatedProduct,
  { platform }: RunSettings,
): ReturnType<typeof serviceAccount> {
  const part = { name: productRunName(product.owner.key.name), component: RUN_COMPONENT };
  return serviceAccount(product, part, accountAnnotations(platform));
}
