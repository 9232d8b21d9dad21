/** Changes of columns as data, and what a comparison gathers on its way to them. Pure. */
import type { UnnamedFields } from "./table.ts";
import type { Field, IdSource } from "./types.ts";

/** One change of a schema. `path` is the column's name, and what is inside it after dots. */
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
  readonly unnamed: UnnamedFields;
  readonly identifierFieldIds: ReadonlySet<number>;
  readonly changes: ColumnChange[];
  readonly dropped: { readonly path: string; readonly field: Field }[];
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
