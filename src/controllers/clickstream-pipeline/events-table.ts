/** What the manifest changes of the table of events: further columns, layout, properties. Pure. */
import type { ClickstreamPipelineSpec } from "../../crds/kinds.ts";
import { EVENT_TABLES } from "../../generated/event-model.ts";
import { TerminalError } from "../../runtime/errors.ts";

type Given = NonNullable<NonNullable<ClickstreamPipelineSpec["tables"]>["events"]>;

export interface EventsTable {
  readonly columns: NonNullable<Given["columns"]>;
  readonly properties: NonNullable<Given["properties"]>;
  /** `undefined`: as the event model has it. */
  readonly partitionBy: Given["partitionBy"];
  readonly sortBy: Given["sortBy"];
}

/** Throws `TerminalError` where the layout names a column that the table does not have. */
export function resolveEventsTable(given: Given = {}): EventsTable {
  const { columns = [], properties = {}, partitionBy, sortBy } = given;
  const names = new Set([...EVENT_TABLES.events.columns, ...columns].map(({ name }) => name));
  for (const [field, layout] of Object.entries({ partitionBy, sortBy })) {
    const unknown = layout?.find(({ column }) => !names.has(column));
    if (unknown === undefined) continue;
    throw new TerminalError(
      "InvalidSpec",
      `spec.tables.events.${field} names the column "${unknown.column}", which is neither one of the event model nor in ` +
        `spec.tables.events.columns; add it there or correct the name`,
      { field: `spec.tables.events.${field}` },
    );
  }
  return { columns, properties, partitionBy, sortBy };
}
