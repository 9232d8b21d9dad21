/** Names of partition fields and of columns share one space: engines refuse to load a table in which they clash. Pure. */
import { TerminalError } from "../../runtime/errors.ts";
import type { PartitionField } from "./table.ts";
import type { Field } from "./types.ts";

/**
 * Throws `TerminalError` when a column has the name of a partition field that is made from another column. Partitionings of the past
 * count too: a table keeps them for its older files, and engines bind every one to the current schema.
 */
export function refuseNameClash(
  fields: readonly Field[],
  partitionings: readonly (readonly PartitionField[])[],
  current: readonly Field[],
): void {
  const byName = new Map(fields.map((field) => [field.name, field]));
  for (const partition of partitionings.flat()) {
    const column = byName.get(partition.name);
    if (column === undefined || column.id === partition.sourceId) continue;
    const source = fields.find((field) => field.id === partition.sourceId)?.name;
    const isSoAlready = current.some((field) => field.id === column.id && field.name === column.name);
    throw new TerminalError("ImpossibleChange", messageOf(partition, { source, isSoAlready }), {
      field: "spec.columns",
    });
  }
}

function messageOf(
  { name, transform }: PartitionField,
  { source, isSoAlready }: { readonly source: string | undefined; readonly isSoAlready: boolean },
): string {
  const origin = `${transform} of ${source === undefined ? "a dropped column" : `column "${source}"`}`;
  const field = `partition field "${name}" (${origin})`;
  return isSoAlready
    ? `column "${name}" has the name of the table's ${field}, so that no engine can read the table; ` +
        `give the column another name, with previousName: ${name}`
    : `column "${name}" would have the name of the table's ${field}, present or past, and then no engine could read the table; ` +
        `give the column another name`;
}
