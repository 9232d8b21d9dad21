/** For tests of upkeep: a table as its metadata tells of it. */
import type { CurrentTable } from "../targets/iceberg/table.ts";
import { tableWith } from "./data-product.ts";

/** What differs from an empty table. */
export interface StreamedTable {
  readonly files?: number;
  readonly bytes?: number;
  readonly commits?: readonly number[];
  readonly firstRefEnd?: number;
  /** Of the column `at`; `undefined`: no partitions. */
  readonly partitions?: "hour" | "day" | "month" | "year" | "identity" | "bucket[16]";
  readonly properties?: Readonly<Record<string, string>>;
}

const SMALL_FILE_BYTES = 50_000;

/** A table with the columns `id` and `at`, and small files unless told otherwise. */
export function streamedTable(given: StreamedTable): CurrentTable {
  const { files = 0, bytes = files * SMALL_FILE_BYTES, commits = [], firstRefEnd, partitions } = given;
  const table = tableWith("shop.events", { id: "long", at: "timestamptz" });
  const sourceId = table.fields.find(({ name }) => name === "at")?.id ?? 0;
  const fields =
    partitions === undefined ? [] : [{ sourceId, fieldId: 1000, name: "at_part", transform: partitions }];
  return {
    ...table,
    partitionSpecs: [{ specId: 0, fields }],
    properties: given.properties ?? {},
    ...(files > 0 && { snapshot: { id: "1", rows: files * 10, dataFiles: files, totalBytes: bytes } }),
    history: { commits, firstRefEnd },
  };
}
