/** Which version of a table's rows there is: compaction and the like make snapshots and change no row. */
import type { TableCatalog } from "./catalog.ts";
import type { CurrentTable } from "./table.ts";

/** What the protocol calls a snapshot that has other files and the same rows. */
const REPLACE = "replace";

/**
 * Id of the newest snapshot that changed rows; `undefined`: the table has none. When all that did have expired, the oldest snapshot that is
 * kept stands for them. Asks the catalog for more than the table only behind a compaction.
 */
export async function readRowVersion(
  catalog: Pick<TableCatalog, "readHistory">,
  { identifier, snapshot }: CurrentTable,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (snapshot?.operation !== REPLACE) return snapshot?.id;
  const published = (await catalog.readHistory(identifier, signal))?.published ?? [];
  const changed = published.find(({ summary }) => summary["operation"] !== REPLACE);
  return (changed ?? published.at(-1))?.id ?? snapshot.id;
}
