/** Compares wanted columns with a table's schema. Pure: gives the new schema, with the ids of all data kept, and says what changes. */
import { isDeepStrictEqual } from "node:util";
import { TerminalError } from "../../runtime/errors.ts";
import type { ColumnChange, Evolution } from "./column-change.ts";
import { evolveStruct } from "./diff-fields.ts";
import type { CurrentTable, TableSchema, UnnamedFields, WantedColumn } from "./table.ts";
import type { Field } from "./types.ts";
import { IdSource, idsOfField } from "./types.ts";

export interface SchemaDiff {
  /** The whole new schema. */
  readonly fields: readonly Field[];
  /** Id of the new schema when the table had that very one before; catalogs refuse to add it a second time. */
  readonly knownId?: number;
  /** Highest field id after the change. */
  readonly lastColumnId: number;
  /** Empty: the schema is as wanted already. */
  readonly changes: readonly ColumnChange[];
}

/** Throws `TerminalError`: `ImpossibleChange` for what Iceberg cannot do, `DestructiveChange` for what the manifest does not allow. */
export function diffSchema(
  columns: readonly WantedColumn[],
  table: CurrentTable,
  unnamed: UnnamedFields,
): SchemaDiff {
  const evolution: Evolution = {
    ids: new IdSource(table.lastColumnId),
    unnamed,
    identifierFieldIds: new Set(table.identifierFieldIds),
    changes: [],
    dropped: [],
  };
  const wanted = columns.map((column) => ({ ...column, doc: { text: column.doc } }));
  const fields = evolveStruct(wanted, table.fields, { path: "", evolution });
  refuseNeededDrops(evolution, table);
  const known = table.schemas.find((schema) => isSameSchema(schema, { ...table, fields }));
  return {
    fields,
    ...(known !== undefined && { knownId: known.schemaId }),
    lastColumnId: evolution.ids.last,
    changes: evolution.changes,
  };
}

/** As catalogs compare: ids, names, types, comments, order and identifier fields. */
function isSameSchema(one: Omit<TableSchema, "schemaId">, other: Omit<TableSchema, "schemaId">): boolean {
  return isDeepStrictEqual(
    [one.fields, one.identifierFieldIds.toSorted()],
    [other.fields, other.identifierFieldIds.toSorted()],
  );
}

/** Data files stay laid out by the partitioning they were written with; engines fail on a layout whose column is gone. */
function refuseNeededDrops(evolution: Evolution, table: CurrentTable): void {
  const partitionSources = new Set(
    table.partitionSpecs
      .flatMap((spec) => spec.fields)
      .filter((field) => field.transform !== "void")
      .map((field) => field.sourceId),
  );
  for (const { path, field } of evolution.dropped) {
    const ids = idsOfField(field);
    if (ids.some((id) => partitionSources.has(id))) {
      throw impossibleDrop(
        path,
        "the table is or was partitioned by it, and engines need it to find older files",
      );
    }
    if (ids.some((id) => evolution.identifierFieldIds.has(id))) {
      throw impossibleDrop(path, "it is one of the table's identifier fields");
    }
  }
}

function impossibleDrop(path: string, because: string): TerminalError {
  const message = `column "${path}" cannot be dropped: ${because}; add it to spec.columns again`;
  return new TerminalError("ImpossibleChange", message, { field: "spec.columns" });
}
