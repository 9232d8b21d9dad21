/** A product and its runs as OpenLineage sees them: a job that reads tables and fills one. Pure. */
import type { DataProductStatus } from "../../crds/kinds.ts";
import { formatTable } from "../../naming/tables.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import { requirePresent } from "../../platform/platform.ts";
import { WaitingError } from "../../runtime/errors.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import { datasetName } from "../../targets/openlineage/dataset.ts";
import type {
  LineageAssertion,
  LineageJob,
  LineageOrigin,
  LineageRun,
  LineageTable,
} from "../../targets/openlineage/event.ts";
import { lineageRunId } from "../../targets/openlineage/event.ts";
import { checkKinds } from "./checks.ts";
import { targetOf } from "./graph.ts";
import { fieldAt, typeOf } from "./input-tables.ts";
import type { Meaning } from "./meaning.ts";
import type { ObservedProduct } from "./observe.ts";
import type { JudgedRuns, RunRecord } from "./runs.ts";
import type { ValidatedProduct } from "./validate.ts";

/** What lineage is planned from. */
export interface LineageSight {
  readonly product: ValidatedProduct;
  readonly observed: ObservedProduct;
  readonly judged: JudgedRuns;
  readonly now: Date;
}

/** Name of the jobs' namespace at the receiver. */
export function jobNamespace({ product, observed: { platform } }: LineageSight): string {
  const named = platform.state === "present" ? platform.spec.lineage?.namespace : undefined;
  return named ?? product.owner.key.namespace;
}

/** Where people describe resources for tools. */
const DESCRIPTION = "kubernetes.io/description";

/** Throws `WaitingError` while nobody knows where the tables lie. A table that is gone by now is left out. */
export function lineageJob(sight: LineageSight, meaning: Meaning): LineageJob {
  const { product, observed } = sight;
  const { resource, definition } = product;
  const platform = requirePresent(observed.platform);
  const found = inputTables(observed.inputs, meaning);
  const description = resource.metadata.annotations?.[DESCRIPTION];
  return {
    namespace: jobNamespace(sight),
    name: product.owner.key.name,
    ...(definition.state === "resolved" && { sql: resource.spec.sql }),
    ...(description !== undefined && { description }),
    inputs: found.map((table) => lineageTable(table, platform)),
    output: outputTable(sight, meaning, platform),
    origins: originsOf(meaning.lineage ?? [], found, platform),
  };
}

function inputTables(
  inputs: LineageSight["observed"]["inputs"],
  { inputs: named = [] }: Meaning,
): readonly CurrentTable[] {
  if (inputs.state === "unknown")
    throw new WaitingError("NotSettled", "the input tables could not be read in this pass");
  return named.flatMap(
    ({ table }) => inputs.value.find(({ identifier }) => formatTable(identifier) === table) ?? [],
  );
}

function lineageTable(
  { identifier, location, fields }: CurrentTable,
  platform: PresentPlatform,
): LineageTable {
  return {
    ...datasetName(formatTable(identifier), { location, catalogUri: platform.spec.catalog.uri }),
    columns: fields.map((field) => ({ name: field.name, type: typeOf(field) })),
  };
}

function outputTable(
  { product, observed }: LineageSight,
  { columns = [] }: Meaning,
  platform: PresentPlatform,
): LineageTable {
  const { resource } = product;
  const location = observed.table?.status?.location;
  if (location === undefined)
    throw new WaitingError("NotSettled", `table ${targetOf(resource)} is not there yet`);
  return {
    ...datasetName(targetOf(resource), { location, catalogUri: platform.spec.catalog.uri }),
    columns: columns.map(({ name, type }) => ({ name, type })),
  };
}

function originsOf(
  lineage: NonNullable<DataProductStatus["lineage"]>,
  tables: readonly CurrentTable[],
  platform: PresentPlatform,
): LineageJob["origins"] {
  const originOf = ({
    table: name,
    path,
    uses,
  }: (typeof lineage)[number]["inputs"][number]): readonly LineageOrigin[] => {
    const table = tables.find(({ identifier }) => formatTable(identifier) === name);
    const column = table && fieldAt(table, path)?.name;
    if (table === undefined || column === undefined) return [];
    const { namespace, name: dataset } = lineageTable(table, platform);
    return [{ namespace, name: dataset, column, path, uses }];
  };
  return new Map(lineage.map(({ column, inputs }) => [column, inputs.flatMap(originOf)] as const));
}

/** At its start nothing is known of what a run leaves. */
export function lineageRun(record: RunRecord, sight: LineageSight, isStart: boolean): LineageRun {
  const { id, from, to } = record;
  const platform = requirePresent(sight.observed.platform);
  const version = platform.status?.components?.find(({ name }) => name === "Airflow")?.version;
  return {
    runId: lineageRunId(sight.product.owner.uid, id),
    ...(from !== undefined && to !== undefined && { window: { from, to } }),
    ...(version !== undefined && { engine: { name: "Airflow", version } }),
    ...(!isStart && resultOf(record, sight)),
  };
}

function resultOf(
  { state, rows, snapshotId, checks = [], message }: RunRecord,
  sight: LineageSight,
): Partial<LineageRun> {
  const kinds = checkKinds(sight.product.resource.spec.checks ?? []);
  const assertions = checks.map(({ name, severity, violations }): LineageAssertion => ({
    assertion: kinds.get(name) ?? (name === ROW_COUNT ? "row_count" : "custom_sql"),
    name,
    severity: severity === "Error" ? "error" : "warn",
    violations,
  }));
  const isPublished = state === "Published";
  return {
    ...(isPublished && rows !== undefined && { rows }),
    ...(isPublished && snapshotId !== undefined && { snapshotId }),
    ...(assertions.length > 0 && { assertions }),
    ...(!isPublished && { error: message ?? state }),
  };
}

/** Name of the check that the batch job makes of `rowCount`. */
const ROW_COUNT = "rowCount";
