/** The snapshots of a table: what its readers have seen, and what lies in its branches. Does not write. */
import { z } from "zod";
import type { TableIdentifier } from "../../naming/tables.ts";
import { formatTable } from "../../naming/tables.ts";
import type { CatalogClient } from "./client.ts";
import { tablePath } from "./client.ts";
import { unreadableAnswer } from "./errors.ts";

/** One version of a table. */
export interface PastSnapshot {
  /** 64-bit number as text: it does not fit a JavaScript number. */
  readonly id: string;
  readonly at: Date;
  /** What its writer said of it. */
  readonly summary: Readonly<Record<string, string>>;
}

export interface TableHistory {
  /** What readers have seen, newest first, as far back as snapshots are kept. */
  readonly published: readonly PastSnapshot[];
  /** The newest snapshot of each other branch, by name. */
  readonly branches: ReadonlyMap<string, PastSnapshot>;
}

const longInteger = z.union([z.number().int(), z.bigint()]).transform(String);

const historyAnswer = z.object({
  metadata: z.object({
    "current-snapshot-id": longInteger.nullish(),
    snapshots: z
      .array(
        z.object({
          "snapshot-id": longInteger,
          "parent-snapshot-id": longInteger.nullish(),
          "timestamp-ms": z.number(),
          summary: z.record(z.string(), z.string()).nullish(),
        }),
      )
      .nullish(),
    refs: z.record(z.string(), z.object({ "snapshot-id": longInteger, type: z.string() })).nullish(),
  }),
});

type Metadata = z.output<typeof historyAnswer>["metadata"];

const MAIN = "main";

/** All snapshots with the table, of which a busy one has thousands; `undefined` when the catalog answered that there is no table. */
export async function readHistory(
  client: CatalogClient,
  identifier: TableIdentifier,
  signal?: AbortSignal,
): Promise<TableHistory | undefined> {
  const doing = `loading the history of table "${formatTable(identifier)}"`;
  const query = { snapshots: "all" };
  const result = await client.send({ method: "GET", path: tablePath(identifier), query, doing, signal });
  if (result.outcome === "missing") return undefined;
  if (result.outcome === "exists") throw result.error;
  const parsed = historyAnswer.safeParse(result.body);
  if (!parsed.success) throw unreadableAnswer(client.settings, doing, parsed.error);
  return historyOf(parsed.data.metadata);
}

function historyOf({ "current-snapshot-id": current, snapshots, refs }: Metadata): TableHistory {
  const byId = new Map((snapshots ?? []).map((snapshot) => [snapshot["snapshot-id"], snapshot]));
  const published: PastSnapshot[] = [];
  // A snapshot is seen once, so that metadata that lead in a circle end.
  const seen = new Set<string>();
  for (let at = byId.get(current ?? ""); at !== undefined && !seen.has(at["snapshot-id"]);) {
    seen.add(at["snapshot-id"]);
    published.push(snapshotOf(at));
    at = byId.get(at["parent-snapshot-id"] ?? "");
  }
  const branches = Object.entries(refs ?? {}).flatMap(([name, { "snapshot-id": id, type }]) => {
    const snapshot = type === "branch" && name !== MAIN ? byId.get(id) : undefined;
    return snapshot === undefined ? [] : [[name, snapshotOf(snapshot)] as const];
  });
  return { published, branches: new Map(branches) };
}

function snapshotOf({
  "snapshot-id": id,
  "timestamp-ms": milliseconds,
  summary,
}: NonNullable<Metadata["snapshots"]>[number]): PastSnapshot {
  return { id, at: new Date(milliseconds), summary: summary ?? {} };
}
