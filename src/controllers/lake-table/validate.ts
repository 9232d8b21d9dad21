/** Turns a table's spec into the wanted table with all defaults resolved, or says what is in the way. Pure. */
import { formatKey, keyOf } from "../../api/objects.ts";
import type { LakeTable, LakeTableColumn, LakeTablePartitionField } from "../../crds/kinds.ts";
import { CHECKPOINT_FOLDER, isReservedProperty, LAKE_TABLE_DEFAULTS } from "../../crds/kinds.ts";
import type { TableIdentifier } from "../../naming/tables.ts";
import { defaultTableLocation, formatTable, parseTableIdentifier } from "../../naming/tables.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type {
  CurrentTable,
  UnnamedFields,
  WantedColumn,
  WantedLocation,
  WantedTable,
} from "../../targets/iceberg/table.ts";
import { TypeTextError, parseType } from "../../targets/iceberg/type-text.ts";
import { requireCatalog } from "../../platform/catalog.ts";
import { requirePresent } from "../../platform/platform.ts";
import type { Before } from "../claims/claimed-kind.ts";
import { readBefore } from "../claims/claimed-kind.ts";
import { conflict } from "../claims/rivals.ts";
import { requireKnown } from "../observation.ts";
import { TABLE_CLAIM } from "./claim.ts";
import type { ObservedTable } from "./observe.ts";
import type { Overlap } from "./places.ts";

export interface ValidatedTable {
  readonly wanted: WantedTable;
  readonly current: CurrentTable | undefined;
  readonly before: Before;
  /** The name that the table has now which the resource had, where another one took its place. */
  readonly renamedTo: string | undefined;
}

/**
 * Throws `TerminalError` for what the API server could not see (a type that cannot be read, a table that an older resource has).
 * Throws `WaitingError` while platform or catalog cannot be reached.
 */
export function validateTable(resource: LakeTable, observed: ObservedTable): ValidatedTable {
  const identifier = tableIdentifier(resource);
  if (observed.older !== undefined) throw conflict(TABLE_CLAIM, resource, observed.older);
  const checked = checkSpec(resource);
  requireCatalog(observed.platform);
  if (observed.overlap !== undefined) throw overlapConflict(observed.overlap);
  const { bucket } = requirePresent(observed.platform).spec.storage;
  const current = requireKnown(observed.table);
  const renamedTo = requireKnown(observed.renamedTo);
  if (current === undefined && renamedTo !== undefined) throw renamed(identifier, renamedTo);
  const location = wantedLocation(resource, { identifier, bucket });
  const unnamed = unnamedFields(resource, current);
  const before = readBefore(TABLE_CLAIM, resource);
  return { wanted: { ...checked, identifier, location, unnamed }, current, before, renamedTo };
}

function overlapConflict({ other, place }: Overlap): TerminalError {
  const theirs = other.status?.location ?? other.spec.location ?? "";
  return new TerminalError(
    "ResourceConflict",
    `the place ${place} is not this table's alone: the files of LakeTable "${formatKey(keyOf(other))}" lie at ${theirs}, and two tables ` +
      `in one place destroy each other; delete this LakeTable and make one with another location`,
    { field: "spec.location" },
  );
}

function renamed(identifier: TableIdentifier, name: string): TerminalError {
  const own = formatTable(identifier);
  return new TerminalError(
    "TableRenamed",
    `table "${own}" was renamed to "${name}" outside of Kubernetes and keeps its rows there; rename it back in SQL ` +
      `(ALTER TABLE ${name} RENAME TO ${own}), or delete this LakeTable, which touches no renamed table, and declare "${name}"; ` +
      `to have a new, empty table, delete this LakeTable and create it again`,
    { field: "spec.table" },
  );
}

/** What the manifest named counts only for the table that it was in effect for. */
function unnamedFields({ spec, status }: LakeTable, current: CurrentTable | undefined): UnnamedFields {
  const isSame = current !== undefined && status?.tableUuid === current.uuid;
  const fields = Object.entries((isSame ? status.fields : undefined) ?? {});
  return {
    declared: new Map(fields.map(([id, name]) => [Number(id), name])),
    isDropAllowed: spec.allowDestructiveChanges ?? LAKE_TABLE_DEFAULTS.allowDestructiveChanges,
    keepsOthers: (spec.otherColumns ?? LAKE_TABLE_DEFAULTS.otherColumns) === "Keep",
  };
}

function tableIdentifier({ spec }: LakeTable): TableIdentifier {
  const parsed = parseTableIdentifier(spec);
  if ("identifier" in parsed) return parsed.identifier;
  const field = `spec.${parsed.field}`;
  throw new TerminalError("InvalidSpec", `${field} ${parsed.problem}`, { field });
}

function checkSpec({ spec }: LakeTable): Omit<WantedTable, "identifier" | "location" | "unnamed"> {
  const partitionBy = spec.partitionBy ?? [];
  refuseRedundantTimes(partitionBy);
  refuseNamesOfOneCase(spec.columns);
  const { formatVersion, properties } = checkProperties(spec.properties ?? {});
  return {
    columns: spec.columns.map(wantedColumn),
    partitionBy: partitionBy.map(({ column, transform, width }) => ({
      column,
      transform,
      ...(width !== undefined && { width }),
    })),
    sortBy: (spec.sortBy ?? []).map((field) => {
      const direction = field.direction ?? LAKE_TABLE_DEFAULTS.sortDirection;
      const nullOrder = field.nullOrder ?? LAKE_TABLE_DEFAULTS.nullOrder[direction];
      return { column: field.column, direction, nullOrder };
    }),
    properties,
    formatVersion,
  };
}

function wantedColumn(column: LakeTableColumn, index: number): WantedColumn {
  const { name, doc, previousName } = column;
  const field = `spec.columns[${index}].type`;
  try {
    return {
      name,
      type: parseType(column.type),
      isRequired: column.required ?? LAKE_TABLE_DEFAULTS.columnRequired,
      ...(doc !== undefined && doc !== "" && { doc }),
      ...(previousName !== undefined && { previousName }),
    };
  } catch (error) {
    if (!(error instanceof TypeTextError)) throw error;
    throw new TerminalError("InvalidSpec", `column "${name}": ${error.message}`, { field, cause: error });
  }
}

/** SQL engines take no notice of capitals: they refuse a table with two such columns. */
function refuseNamesOfOneCase(columns: readonly LakeTableColumn[]): void {
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const other = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    if (other === undefined) continue;
    throw new TerminalError(
      "InvalidSpec",
      `columns "${other}" and "${name}" differ only in capitals, which SQL engines do not tell apart; rename one`,
      { field: "spec.columns" },
    );
  }
}

const TIMES: ReadonlySet<string> = new Set(["year", "month", "day", "hour"]);

/** A day lies in one month: the coarser field adds nothing, and Iceberg's readers refuse such a layout. */
function refuseRedundantTimes(partitionBy: readonly LakeTablePartitionField[]): void {
  const columns = partitionBy.filter((field) => TIMES.has(field.transform)).map((field) => field.column);
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice === undefined) return;
  throw new TerminalError(
    "InvalidSpec",
    `spec.partitionBy must have only one of year, month, day and hour of column "${twice}"; keep the finest`,
    { field: "spec.partitionBy" },
  );
}

const FORMAT_VERSIONS: ReadonlyMap<string, number> = new Map([
  ["1", 1],
  ["2", 2],
  ["3", 3],
]);

/** The format version is given like a property, as in every engine's SQL, but is none. */
function checkProperties(
  properties: Readonly<Record<string, string>>,
): Pick<WantedTable, "formatVersion" | "properties"> {
  const { "format-version": version, ...rest } = properties;
  const reserved = Object.keys(rest).find(isReservedProperty);
  if (reserved !== undefined) {
    const message = `spec.properties must not hold "${reserved}", which is not for setting; remove it`;
    throw new TerminalError("InvalidSpec", message, { field: "spec.properties" });
  }
  if (version === undefined) return { formatVersion: undefined, properties: rest };
  const formatVersion = FORMAT_VERSIONS.get(version);
  if (formatVersion === undefined) {
    const message = `spec.properties must have "1", "2" or "3" for format-version, and not "${version}"`;
    throw new TerminalError("InvalidSpec", message, { field: "spec.properties" });
  }
  return { formatVersion, properties: rest };
}

function wantedLocation(
  { spec }: LakeTable,
  { identifier, bucket }: { readonly identifier: TableIdentifier; readonly bucket: string },
): WantedLocation {
  const url = spec.location ?? defaultTableLocation(bucket, identifier);
  if (`${url}/`.startsWith(`s3://${bucket}/${CHECKPOINT_FOLDER}/`)) {
    const message = `the table would lie at ${url}, where pipelines keep their checkpoints; set spec.location to another folder`;
    throw new TerminalError("InvalidSpec", message, { field: "spec.location" });
  }
  if (spec.location !== undefined) return { kind: "exact", url };
  return { kind: "anywhere-in-bucket", bucket, fallback: url };
}
