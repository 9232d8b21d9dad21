/** Compares wanted columns with a table's schema. Pure: gives the new schema, with the ids of all data kept, and says what changes. */
import { TerminalError } from "../../runtime/errors.ts";
import { evolveStruct } from "./diff-fields.ts";
import type { CurrentTable, WantedColumn } from "./table.ts";
import type { Field } from "./types.ts";
import { IdSource, idsOfField } from "./types.ts";

export type ColumnChange =
  | { readonly kind: "add-column"; readonly path: string; readonly type: string }
  | { readonly kind: "rename-column"; readonly from: string; readonly to: string }
  | { readonly kind: "widen-column"; readonly path: string; readonly from: string; readonly to: string }
  | { readonly kind: "make-optional"; readonly path: string }
  | { readonly kind: "document-column"; readonly path: string }
  | { readonly kind: "drop-column"; readonly path: string }
  /** `path` is empty for the table's own columns. */
  | { readonly kind: "reorder-columns"; readonly path: string };

/** What a comparison gathers on its way. */
export interface Evolution {
  readonly ids: IdSource;
  readonly isDestructiveAllowed: boolean;
  readonly identifierFieldIds: ReadonlySet<number>;
  readonly changes: ColumnChange[];
  readonly dropped: { readonly path: string; readonly field: Field }[];
}

export interface SchemaDiff {
  /** The whole new schema. */
  readonly fields: readonly Field[];
  /** Highest field id after the change. */
  readonly lastColumnId: number;
  /** Empty: the schema is as wanted already. */
  readonly changes: readonly ColumnChange[];
}

/** Throws `TerminalError`: `ImpossibleChange` for what Iceberg cannot do, `DestructiveChange` for what the manifest does not allow. */
export function diffSchema(
  columns: readonly WantedColumn[],
  table: CurrentTable,
  isDestructiveAllowed: boolean,
): SchemaDiff {
  const evolution: Evolution = {
    ids: new IdSource(table.lastColumnId),
    isDestructiveAllowed,
    identifierFieldIds: new Set(table.identifierFieldIds),
    changes: [],
    dropped: [],
  };
  const wanted = columns.map((column) => ({ ...column, doc: { text: column.doc } }));
  const fields = evolveStruct(wanted, table.fields, { path: "", evolution });
  refuseNeededDrops(evolution, table);
  return { fields, lastColumnId: evolution.ids.last, changes: evolution.changes };
}

/** What a change does, for Events and logs: a phrase that begins with "adding", "renaming", … */
export function describeColumnChange(change: ColumnChange): string {
  switch (change.kind) {
    case "add-column":
      return `adding column "${change.path}" (${change.type})`;
    case "rename-column":
      return `renaming column "${change.from}" to "${change.to}"`;
    case "widen-column":
      return `widening column "${change.path}" from ${change.from} to ${change.to}`;
    case "make-optional":
      return `making column "${change.path}" optional`;
    case "document-column":
      return `documenting column "${change.path}"`;
    case "drop-column":
      return `dropping column "${change.path}"`;
    case "reorder-columns":
      return change.path === "" ? "reordering columns" : `reordering fields of column "${change.path}"`;
  }
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
