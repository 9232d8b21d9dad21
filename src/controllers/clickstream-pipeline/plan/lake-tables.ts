/** The three LakeTables that the stream job writes to. Their columns are generated from the event model. Pure. */
import type { LakeTableSpec } from "../../../crds/kinds.ts";
import { lakeTableKind } from "../../../crds/kinds.ts";
import { EVENT_TABLES } from "../../../generated/event-model.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { child } from "../../../targets/kubernetes/child.ts";
import { TABLE_ROLES } from "../parts.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { childMetadata } from "../../../workloads/metadata.ts";

/** A micro-batch every few seconds: no shuffle before each small write, and not one metadata file kept for each of them. */
const TABLE_PROPERTIES: Readonly<Record<string, string>> = {
  "write.distribution-mode": "none",
  "write.metadata.delete-after-commit.enabled": "true",
  "write.metadata.previous-versions-max": "20",
};

export function planLakeTables(pipeline: ValidatedPipeline): readonly Child<{ spec: LakeTableSpec }>[] {
  return TABLE_ROLES.map((role) => {
    const { columns, partitionBy, sortBy } = EVENT_TABLES[role];
    const { database, table } = pipeline.tables[role];
    return child(lakeTableKind, childMetadata(pipeline, { name: pipeline.names[role] }), {
      spec: {
        platformRef: { name: pipeline.platform.name },
        database,
        table,
        columns,
        partitionBy,
        sortBy,
        properties: TABLE_PROPERTIES,
        deletionPolicy: pipeline.deletionPolicy,
      },
    });
  });
}
