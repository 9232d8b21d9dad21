/** The LakeTable that a product fills: its columns are those of the SQL. Pure. */
import type { LakeTableSpec } from "../../../crds/kinds.ts";
import { lakeTableKind } from "../../../crds/kinds.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { child } from "../../../targets/kubernetes/child.ts";
import { childMetadata } from "../../../workloads/metadata.ts";
import type { Definition } from "../definition.ts";
import type { ValidatedProduct } from "../validate.ts";

export function planTargetTable(
  product: ValidatedProduct,
  { target, columns, partitionBy, allowDestructiveChanges, maintenance, deletionPolicy }: Definition,
): Child<{ spec: LakeTableSpec }> {
  const { owner, platformName } = product;
  return child(lakeTableKind, childMetadata(product, { name: owner.key.name }), {
    spec: {
      platformRef: { name: platformName },
      database: target.database,
      table: target.table,
      columns,
      ...(partitionBy.length > 0 && { partitionBy }),
      ...(allowDestructiveChanges && { allowDestructiveChanges }),
      ...(maintenance !== undefined && { maintenance }),
      deletionPolicy,
    },
  });
}
