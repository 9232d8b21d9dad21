/** The units of time by which tables are partitioned, as `batch-job upkeep` reads them too. Pure; times in milliseconds since 1970. */
import type { CurrentTable, PartitionField } from "../../targets/iceberg/table.ts";
import { currentPartitionFields } from "../../targets/iceberg/table.ts";

export type TimeUnit = "hour" | "day" | "month" | "year";

const TIME_TYPES: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);

/** The unit of the first partition field by a time; `undefined`: the table has none. */
export function unitOfPartitions(table: CurrentTable): TimeUnit | undefined {
  const units = currentPartitionFields(table).map((field) => unitOf(field, table));
  return units.find((unit) => unit !== undefined);
}

/** The unit of the partitions by a column; days where it has none. */
export function unitOfColumn(table: CurrentTable, column: string): TimeUnit {
  const id = table.fields.find(({ name }) => name === column)?.id;
  const field = currentPartitionFields(table).find(({ sourceId }) => sourceId === id);
  return (field && unitOf(field, table)) ?? "day";
}

function unitOf({ sourceId, transform }: PartitionField, table: CurrentTable): TimeUnit | undefined {
  const type = table.fields.find(({ id }) => id === sourceId)?.type;
  if (type?.kind !== "scalar" || !TIME_TYPES.has(type.name)) return undefined;
  switch (transform) {
    case "hour":
    case "day":
    case "month":
    case "year":
      return transform;
    case "identity":
      return "day";
    default:
      return undefined;
  }
}

/** The beginning of the unit that a moment is in, in UTC. */
export function startOf(unit: TimeUnit, moment: number): number {
  const time = new Date(moment);
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth()];
  switch (unit) {
    case "hour":
      return Date.UTC(year, month, time.getUTCDate(), time.getUTCHours());
    case "day":
      return Date.UTC(year, month, time.getUTCDate());
    case "month":
      return Date.UTC(year, month);
    case "year":
      return Date.UTC(year, 0);
  }
}

/** The end of that unit, which is the beginning of the next. */
export function endOf(unit: TimeUnit, moment: number): number {
  const start = new Date(startOf(unit, moment));
  switch (unit) {
    case "hour":
      return start.getTime() + 3_600_000;
    case "day":
      return start.getTime() + 86_400_000;
    case "month":
      return start.setUTCMonth(start.getUTCMonth() + 1);
    case "year":
      return start.setUTCFullYear(start.getUTCFullYear() + 1);
  }
}
