/** What a table's status says, from what the catalog answered. Pure. */
import type { LakeTable, LakeTableStatus } from "../../crds/kinds.ts";
import { counted } from "../../api/text.ts";
import { formatTable } from "../../naming/tables.ts";
import type { StatusInput, StatusResult } from "../../runtime/controller.ts";
import { declaredFields, otherColumns } from "../../targets/iceberg/declared-fields.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import { remembered } from "../remembered.ts";
import type { AppliedTable } from "./apply.ts";
import type { Maintenance } from "./maintenance.ts";
import { maintenanceOf } from "./maintenance.ts";
import type { ObservedTable } from "./observe.ts";
import type { TablePlan } from "./plan.ts";
import type { ValidatedTable } from "./validate.ts";

type Input = StatusInput<LakeTable, ObservedTable, ValidatedTable, TablePlan, AppliedTable>;
type Fields = Omit<LakeTableStatus, "conditions" | "observedGeneration">;

export function tableStatus(input: Input): StatusResult<LakeTableStatus> {
  const holder = holderOf(input);
  if (holder !== undefined) return { status: { conflictsWith: holder.metadata.name }, conditions: [] };
  const table = knownTable(input);
  const own = identity(input);
  const { status: maintenance, conditions } = maintenanceFor(own, table, input);
  return {
    status: { ...own, ...figures(table, input), ...maintenance },
    conditions,
    ...(table !== undefined && {
      ready: { message: readyMessage(table, input) },
    }),
  };
}

/** The other resource that has the table, or its place. */
function holderOf({ observed }: Input): LakeTable | undefined {
  return observed?.older?.isCertain === true ? observed.older.resource : observed?.overlap?.other;
}

/** Only the table that the resource has is looked after: not one of its name that another made, nor one that it had by another name. */
function maintenanceFor(
  { tableUuid, renamedTo }: Fields,
  table: CurrentTable | undefined,
  input: Input,
): Maintenance {
  const { resource, observed, now } = input;
  const isGone = table === undefined && observed?.table.state === "known";
  const uuid = table?.uuid ?? tableUuid;
  if (tableUuid === undefined || uuid !== tableUuid || renamedTo !== undefined || isGone)
    return { status: {}, conditions: [] };
  const before = rememberedFor(tableUuid, input);
  return maintenanceOf({ resource, tableUuid, before, platform: observed?.platform, table, now });
}

/** What was done for another table of the name is not this one's. */
function rememberedFor(
  tableUuid: string,
  { resource: { status }, observed }: Input,
): LakeTableStatus["maintenance"] {
  if (status?.tableUuid !== tableUuid) return undefined;
  if (observed?.older === undefined) return status.maintenance;
  // While an older resource may have the table, nothing is to be done for it.
  return remembered(status.maintenance, "lastRun", "failures", "lastOrphanSearch");
}

function readyMessage(table: CurrentTable, { validated }: Input): string {
  const own = `table "${formatTable(table.identifier)}" has ${counted(table.fields.length, "column")}`;
  const others = otherColumns(validated?.wanted.columns ?? table.fields, table.fields);
  if (others.length === 0) return own;
  const count = others.length === 1 ? "one" : String(others.length);
  return `${own}, ${count} of them added by others: ${others.join(", ")}`;
}

/** As answered, else as seen. `undefined`: not known now, or not there. */
function knownTable({ applied, observed }: Input): CurrentTable | undefined {
  if (applied !== undefined) return applied.table;
  return observed?.table.state === "known" ? observed.table.value : undefined;
}

/**
 * The table that the resource has: the one that a pass made, or found and brought in line, not any other table of the name. It is
 * remembered also when it is gone: its successor must not be taken for it, and its files may have to be deleted.
 */
function identity({ applied, resource, observed, validated }: Input): Fields {
  if (applied === undefined || validated === undefined) {
    const renamedTo = observed?.renamedTo.state === "known" ? observed.renamedTo.value : undefined;
    return {
      ...remembered(resource.status, "tableUuid", "location", "fields"),
      ...(renamedTo !== undefined && { renamedTo }),
    };
  }
  const { uuid, location, fields } = applied.table;
  const { columns } = validated.wanted;
  const declared = [...declaredFields(columns, fields)].map(([id, name]) => [String(id), name] as const);
  const others = otherColumns(columns, fields);
  return {
    tableUuid: uuid,
    location,
    fields: Object.fromEntries(declared),
    ...(others.length > 0 && { otherColumns: [...others] }),
  };
}

/** What cannot be seen now stays as it was last seen. */
function figures(table: CurrentTable | undefined, { resource, observed }: Input): Fields {
  if (table === undefined) {
    if (observed?.table.state === "known") return {};
    return remembered(resource.status, "schemaId", "currentSnapshotId", "rows", "dataFiles", "totalBytes");
  }
  const { schemaId, snapshot } = table;
  if (snapshot === undefined) return { schemaId, rows: 0, dataFiles: 0, totalBytes: 0 };
  const counts = remembered(snapshot, "rows", "dataFiles", "totalBytes");
  return { schemaId, currentSnapshotId: snapshot.id, ...counts };
}
