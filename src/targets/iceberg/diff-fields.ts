/** How fields and their types become other ones while their data stays readable, at the top of a table and inside columns. Pure. */
import type { Reason } from "../../api/reasons.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { Evolution } from "./column-change.ts";
import { printType } from "./type-text.ts";
import type { Field, TableType, WantedType } from "./types.ts";
import { withFreshIds, withoutIds } from "./types.ts";

/** A field as wanted. `undefined` for what a manifest cannot say there: then it stays as it is. */
export interface WantedField {
  readonly name: string;
  readonly type: WantedType;
  readonly isRequired: boolean | undefined;
  /** Absent in a struct (stays as it is); at the top an absent doc means none. */
  readonly doc?: { readonly text: string | undefined };
  readonly previousName?: string;
}

export interface Place {
  /** Empty at the top, else the column's name and what is inside it after dots. */
  readonly path: string;
  readonly evolution: Evolution;
}

/** The wanted fields with their ids: those of the fields that they continue, fresh ones for new fields. Notes the changes. */
export function evolveStruct(
  wanted: readonly WantedField[],
  current: readonly Field[],
  at: Place,
): readonly Field[] {
  const continued = matchFields(wanted, current);
  const named = new Set([...continued.values()].map((field) => field.id));
  const kept = current.filter((field) => !named.has(field.id) && staysUnnamed(field, wanted, at));
  const evolved = wanted.map((field) => {
    const before = continued.get(field.name);
    return before === undefined ? addField(field, at) : evolveField(field, before, at);
  });
  noteOrder(evolved, current, at);
  return withKept(evolved, kept, current);
}

/** Fields that nobody named stay behind the field that they stand behind now. */
function withKept(
  evolved: readonly Field[],
  kept: readonly Field[],
  current: readonly Field[],
): readonly Field[] {
  const result = [...evolved];
  for (const field of kept) {
    const before = current[current.indexOf(field) - 1];
    const position = result.findIndex((candidate) => candidate.id === before?.id);
    // The one before it may be dropped: then it goes to the end.
    result.splice(position < 0 && before !== undefined ? result.length : position + 1, 0, field);
  }
  return result;
}

/** The current field that each wanted one continues: of the same name, else of the previous name when nothing else took that. */
function matchFields(wanted: readonly WantedField[], current: readonly Field[]): ReadonlyMap<string, Field> {
  const byName = new Map(current.map((field) => [field.name, field]));
  const taken = new Set(wanted.map((field) => field.name));
  const matches = wanted.map((field) => {
    const renamed =
      field.previousName === undefined || taken.has(field.previousName)
        ? undefined
        : byName.get(field.previousName);
    return [field.name, byName.get(field.name) ?? renamed] as const;
  });
  return new Map(matches.filter((match): match is readonly [string, Field] => match[1] !== undefined));
}

/** Whether a field that the manifest does not name stays. Notes a drop that the manifest asks for; throws for any other loss. */
function staysUnnamed(field: Field, wanted: readonly WantedField[], at: Place): boolean {
  const { changes, dropped, unnamed } = at.evolution;
  const path = pathOf(at, field.name);
  const declaredName = unnamed.declared.get(field.id);
  const isKept = unnamed.keepsOthers && !field.isRequired;
  if (declaredName === undefined) {
    if (isKept) return true;
    throw refusal("DestructiveChange", othersMessage(path, wanted, field));
  }
  if (declaredName !== field.name)
    throw refusal("ColumnRenamed", renamedMessage(pathOf(at, declaredName), path, field));
  if (!unnamed.isDropAllowed && isKept) return true;
  if (!unnamed.isDropAllowed) throw refusal("DestructiveChange", dropMessage(path, wanted, field));
  changes.push({ kind: "drop-column", path });
  dropped.push({ path, field });
  return false;
}

function refusal(reason: Reason, message: string): TerminalError {
  return new TerminalError(reason, message, { field: "spec.columns" });
}

function othersMessage(path: string, wanted: readonly WantedField[], field: Field): string {
  return (
    `column "${path}" is in the table but not in spec.columns, and this manifest never had it; add it there to keep it. ` +
    `What was not declared is never dropped from here: drop it in SQL, or add it and leave it out in a later change` +
    clashOf(path, wanted, field)
  );
}

function renamedMessage(before: string, now: string, { id }: Field): string {
  return (
    `column "${before}" (field id ${id}) was renamed to "${now}" outside of Kubernetes; set its name to "${now}" in spec.columns ` +
    `to accept that, or rename it back in SQL; nothing is dropped or added meanwhile`
  );
}

function dropMessage(path: string, wanted: readonly WantedField[], field: Field): string {
  return (
    `column "${path}" is in the table but not in spec.columns; add it there to keep it, or set ` +
    `spec.allowDestructiveChanges: true to drop it with its data` +
    (path === field.name ? "" : renameSteps(path)) +
    clashOf(path, wanted, field)
  );
}

/** A type has no place for a previous name. */
function renameSteps(path: string): string {
  return (
    `; to rename it, do that in SQL first (ALTER TABLE … RENAME COLUMN ${path} TO …), which keeps its data, and then write ` +
    `the new name in the type`
  );
}

function clashOf(path: string, wanted: readonly WantedField[], field: Field): string {
  const renamed = wanted.find((candidate) => candidate.previousName === field.name);
  if (renamed === undefined) return "";
  return ` (the table has a column "${renamed.name}" too, so "${path}" cannot be renamed to it)`;
}

function addField(wanted: WantedField, at: Place): Field {
  const path = pathOf(at, wanted.name);
  if (wanted.isRequired === true) {
    throw new TerminalError(
      "ImpossibleChange",
      `column "${path}" cannot be added as required: rows that are already written lack it; leave out required`,
      { field: "spec.columns" },
    );
  }
  at.evolution.changes.push({ kind: "add-column", path, type: printType(wanted.type) });
  const { ids } = at.evolution;
  const id = ids.next();
  const doc = wanted.doc?.text;
  const type = withFreshIds(wanted.type, ids);
  return { id, name: wanted.name, type, isRequired: false, ...(doc !== undefined && { doc }) };
}

function evolveField(wanted: WantedField, current: Field, at: Place): Field {
  const path = pathOf(at, wanted.name);
  const { changes } = at.evolution;
  if (wanted.name !== current.name) {
    changes.push({ kind: "rename-column", from: pathOf(at, current.name), to: wanted.name });
  }
  const isRequired = evolveRequired(wanted, current, { path, evolution: at.evolution });
  const doc = wanted.doc === undefined ? current.doc : wanted.doc.text;
  // Catalogs tell of no comment as none or as an empty one.
  if ((doc ?? "") !== (current.doc ?? "")) changes.push({ kind: "document-column", path });
  const type = evolveType(wanted.type, current.type, { path, evolution: at.evolution });
  const { extra } = current;
  return {
    id: current.id,
    name: wanted.name,
    type,
    isRequired,
    ...(doc !== undefined && { doc }),
    ...(extra && { extra }),
  };
}

function evolveRequired(wanted: WantedField, current: Field, at: Place): boolean {
  if (wanted.isRequired === undefined || wanted.isRequired === current.isRequired) return current.isRequired;
  if (wanted.isRequired) {
    throw new TerminalError(
      "ImpossibleChange",
      `column "${at.path}" cannot become required: rows that are already written may lack it; leave out required`,
      { field: "spec.columns" },
    );
  }
  if (at.evolution.identifierFieldIds.has(current.id)) {
    throw new TerminalError(
      "ImpossibleChange",
      `column "${at.path}" cannot become optional: it is one of the table's identifier fields; set required: true`,
      { field: "spec.columns" },
    );
  }
  at.evolution.changes.push({ kind: "make-optional", path: at.path });
  return false;
}

/** Notes a changed order of the fields that stay; new ones and dropped ones do not count. */
function noteOrder(evolved: readonly Field[], current: readonly Field[], at: Place): void {
  const position = new Map(current.map((field, index) => [field.id, index]));
  const before = evolved.map((field) => position.get(field.id)).filter((index) => index !== undefined);
  const isInOrder = before.every((index, nth) => nth === 0 || index > (before[nth - 1] ?? -1));
  const lastKept = evolved.findLastIndex((field) => position.has(field.id));
  const isAddedInside = evolved.slice(0, lastKept + 1).some((field) => !position.has(field.id));
  if (!isInOrder || isAddedInside) at.evolution.changes.push({ kind: "reorder-columns", path: at.path });
}

function pathOf(at: Place, name: string): string {
  return at.path === "" ? name : `${at.path}.${name}`;
}

/** Scalars that files of the old type can be read as. */
const WIDER: Readonly<Record<string, string>> = { int: "long", float: "double" };

/**
 * The current type turned into the wanted one, with every id kept that still means the same. Notes what it changes in
 * `evolution`; throws `TerminalError` for what Iceberg cannot do. `path` names the column, and what is inside it after dots.
 */
function evolveType(wanted: WantedType, current: TableType, at: Place): TableType {
  if (wanted.kind === "scalar" && current.kind === "scalar")
    return evolveScalar(wanted.name, current.name, at);
  if (wanted.kind === "struct" && current.kind === "struct") {
    const fields = wanted.fields.map((field) => ({ ...field, isRequired: undefined }));
    return { kind: "struct", fields: evolveStruct(fields, current.fields, at) };
  }
  if (wanted.kind === "list" && current.kind === "list") {
    const inside = { ...at, path: `${at.path}.element` };
    return { ...current, element: evolveType(wanted.element, current.element, inside) };
  }
  if (wanted.kind === "map" && current.kind === "map") {
    refuseOtherKey(wanted.key, current.key, at.path);
    return {
      ...current,
      value: evolveType(wanted.value, current.value, { ...at, path: `${at.path}.value` }),
    };
  }
  throw impossibleType(at.path, printType(withoutIds(current)), printType(wanted));
}

function evolveScalar(wanted: string, current: string, at: Place): TableType {
  if (wanted === current) return { kind: "scalar", name: current };
  if (WIDER[current] !== wanted && !isWiderDecimal(wanted, current))
    throw impossibleType(at.path, current, wanted);
  at.evolution.changes.push({ kind: "widen-column", path: at.path, from: current, to: wanted });
  return { kind: "scalar", name: wanted };
}

/** More digits before the point, the same number behind it. */
function isWiderDecimal(wanted: string, current: string): boolean {
  const form = /^decimal\((\d+),(\d+)\)$/;
  const [, wantedPrecision, wantedScale] = form.exec(wanted) ?? [];
  const [, currentPrecision, currentScale] = form.exec(current) ?? [];
  if (wantedPrecision === undefined || currentPrecision === undefined) return false;
  return wantedScale === currentScale && Number(wantedPrecision) > Number(currentPrecision);
}

function refuseOtherKey(wanted: WantedType, current: TableType, path: string): void {
  const [to, from] = [printType(wanted), printType(withoutIds(current))];
  if (to === from) return;
  throw new TerminalError(
    "ImpossibleChange",
    `column "${path}" cannot change the key of its map from ${from} to ${to}: Iceberg never changes map keys; ` +
      `set the key back to ${from}, or add a column with another name`,
    { field: "spec.columns" },
  );
}

function impossibleType(path: string, from: string, to: string): TerminalError {
  return new TerminalError(
    "ImpossibleChange",
    `column "${path}" cannot change from ${from} to ${to}: Iceberg widens only int to long, float to double, and the digits of a ` +
      `decimal; set the type back to ${from}, or add a column with another name`,
    { field: "spec.columns" },
  );
}
