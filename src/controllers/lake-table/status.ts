/** What a table's status says, from what the catalog told or answered. Pure. */
import type { LakeTable, LakeTableStatus } from "../../crds/kinds.ts";
import { formatTable } from "../../naming/tables.ts";
import type { StatusInput, StatusResult } from "../../runtime/controller.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import { remembered } from "../remembered.ts";
import type { AppliedTable } from "./apply.ts";
import type { ObservedTable } from "./observe.ts";
import type { TablePlan } from "./plan.ts";
import type { ValidatedTable } from "./validate.ts";

type Input = StatusInput<LakeTable, ObservedTable, ValidatedTable, TablePlan, AppliedTable>;
type Fields = Omit<LakeTableStatus, "conditions" | "observedGeneration">;

export function tableStatus(input: Input): StatusResult<LakeTableStatus> {
  const table = knownTable(input);
  const older = input.observed?.older;
  const fields = table === undefined ? rememberedFields(input) : tableFields(table);
  return {
    status: { ...fields, ...(older !== undefined && { conflictsWith: older.metadata.name }) },
    conditions: [],
    ...(table !== undefined && {
      ready: {
        message: `table "${formatTable(table.identifier)}" has ${count(table.fields.length, "column")}`,
      },
    }),
  };
}

/** As answered, else as seen. `undefined`: not known now, or not there. */
function knownTable({ applied, observed }: Input): CurrentTable | undefined {
  if (applied !== undefined) return applied.table;
  return observed?.table.state === "known" ? observed.table.value : undefined;
}

function tableFields(table: CurrentTable): Fields {
  const { uuid, location, schemaId, snapshot } = table;
  if (snapshot === undefined) {
    return { tableUuid: uuid, location, schemaId, rows: 0, dataFiles: 0, totalBytes: 0 };
  }
  const { id, ...figures } = snapshot;
  return { tableUuid: uuid, location, schemaId, currentSnapshotId: id, ...figures };
}

/** What cannot be seen now stays as it was last seen; a table that another resource has is not ours to show. */
function rememberedFields({ resource, observed }: Input): Fields {
  const { status } = resource;
  if (observed?.older !== undefined) return {};
  // Remembered also when the table is gone: its successor must not be taken for it, and its files may have to be deleted.
  const identity = remembered(status, "tableUuid", "location");
  if (observed?.table.state === "known") return identity;
  return {
    ...identity,
    ...remembered(status, "schemaId", "currentSnapshotId", "rows", "dataFiles", "totalBytes"),
  };
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
