/** The three LakeTables that the stream job writes to. Their columns are generated from the event model. Pure. */
import type { ObjectMeta } from "../../../api/objects.ts";
import type { LakeTableSpec } from "../../../crds/kinds.ts";
import { lakeTableKind } from "../../../crds/kinds.ts";
import { EVENT_TABLES } from "../../../generated/event-model.ts";
import { ANNOTATIONS } from "../../../naming/marks.ts";
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
    const { database, table } = pipeline.tables[role];
    return child(lakeTableKind, metadataOf(role, pipeline), {
      spec: {
        platformRef: { name: pipeline.platform.name },
        database,
        table,
        ...contentOf(role, pipeline),
        ...(pipeline.maintenance !== undefined && { maintenance: pipeline.maintenance }),
        // An analyst's column is no reason to stop events: the job leaves it empty.
        otherColumns: "Keep",
        deletionPolicy: pipeline.deletionPolicy,
      },
    });
  });
}

/** A recovery wakes the LakeTables, so that they make a missing table at once. */
function metadataOf(role: (typeof TABLE_ROLES)[number], pipeline: ValidatedPipeline): ObjectMeta {
  const { pending, recovery } = pipeline.identity;
  const id = pending ?? recovery?.id;
  const metadata = childMetadata(pipeline, { name: pipeline.names[role] });
  return id === undefined ? metadata : { ...metadata, annotations: { [ANNOTATIONS.recover]: id } };
}

type Content = Pick<LakeTableSpec, "columns" | "partitionBy" | "sortBy" | "properties">;

/** The event model's table; that of the events with what the manifest says of it. */
function contentOf(role: (typeof TABLE_ROLES)[number], { eventsTable }: ValidatedPipeline): Content {
  const { columns, partitionBy, sortBy } = EVENT_TABLES[role];
  if (role !== "events") return { columns, partitionBy, sortBy, properties: TABLE_PROPERTIES };
  const further = eventsTable.columns.map(({ name, type, doc }) => ({
    name,
    type,
    ...(doc !== undefined && { doc }),
  }));
  return {
    columns: [...columns, ...further],
    partitionBy: eventsTable.partitionBy ?? partitionBy,
    sortBy: eventsTable.sortBy ?? sortBy,
    properties: { ...TABLE_PROPERTIES, ...eventsTable.properties },
  };
}
