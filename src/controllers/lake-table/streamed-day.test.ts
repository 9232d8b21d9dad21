import { describe, expect, it } from "vitest";
import type { LakeTable, MaintenanceStatus } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import { streamedTable } from "../../testing/streamed-table.ts";
import { PRESENT } from "../../testing/systems.ts";
import { upkeepSettings } from "../upkeep/settings.ts";
import { maintenanceOf } from "./maintenance.ts";
import { startOf } from "./time-units.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const START = Date.parse("2026-03-10T00:00:00Z");
const PASS_MS = 110 * SECOND;
/** Of the demo: some events each few seconds. */
const FILE_BYTES = 50_000;

const TABLE: LakeTable = {
  apiVersion: "openclickstream.io/v1alpha1",
  kind: lakeTableKind.kind,
  metadata: { name: "events", namespace: "shop", creationTimestamp: "2026-03-10T00:00:00Z" },
  spec: { platformRef: { name: "main" }, database: "shop", table: "events", columns: [] },
};

/** What `batch-job upkeep` finds of a table by days: data files by their day, and snapshots. */
class SimulatedTable {
  /** Bytes of the files of each day. */
  readonly days = new Map<number, number[]>();
  commits: number[] = [];
  maintenance: MaintenanceStatus | undefined;
  readonly jobs: number[] = [];

  append(now: number, files: number): void {
    const day = startOf("day", now);
    const sizes = this.days.get(day) ?? [];
    for (let file = 0; file < files; file += 1) sizes.push(FILE_BYTES);
    this.days.set(day, sizes);
    this.commits.push(now);
  }

  get #size(): { readonly files: number; readonly bytes: number } {
    const sizes = [...this.days.values()].flat();
    return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** A pass of the LakeTable, and the Job that follows from it. */
  pass(now: number): void {
    const { status } = maintenanceOf({
      ...{ resource: TABLE, tableUuid: "t", before: this.maintenance, platform: PRESENT },
      table: streamedTable({ ...this.#size, commits: this.commits, partitions: "day" }),
      now: new Date(now),
    });
    this.maintenance = status.maintenance;
    const { due = [], next } = this.maintenance ?? {};
    if (due.length === 0 || (next !== undefined && Date.parse(next) > now)) return;
    this.#run(now);
  }

  /** Bin-packing with the bounds of `TableUpkeep`, and the expiry of snapshots. */
  #run(now: number): void {
    this.jobs.push(now);
    const { targetFileBytes, keepSnapshotsSeconds, minSnapshots } = upkeepSettings(TABLE);
    const isSmall = (size: number): boolean => size < 0.75 * targetFileBytes;
    for (const [day, sizes] of this.days) {
      const small = sizes.filter(isSmall);
      if (small.length < (day < startOf("day", now) ? 5 : 20)) continue;
      const total = small.reduce((sum, size) => sum + size, 0);
      const made = Math.ceil(total / targetFileBytes);
      const large = sizes.filter((size) => !isSmall(size));
      this.days.set(day, [...large, ...Array.from({ length: made }, () => total / made)]);
      this.commits.push(now);
    }
    const oldest = Math.min(this.commits.at(-minSnapshots) ?? 0, now - keepSnapshotsSeconds * SECOND);
    this.commits = this.commits.filter((time) => time >= oldest);
    const at = new Date(now).toISOString();
    const { files: filesAfter, bytes: bytesAfter } = this.#size;
    this.maintenance = {
      ...this.maintenance,
      lastRun: { job: at, at, finishedAt: at, state: "Done", filesAfter, bytesAfter },
    };
  }
}

/** Two days of streaming, with a look every two minutes; then a day without any. */
function stream({ every, files }: { readonly every: number; readonly files: number }): SimulatedTable {
  const table = new SimulatedTable();
  let nextPass = START;
  for (let now = START; now < START + 3 * DAY; now += every) {
    if (now < START + 2 * DAY) table.append(now, files);
    if (now < nextPass) continue;
    table.pass(now);
    nextPass = now + PASS_MS;
  }
  return table;
}

describe.each([
  { seconds: 5, files: 1 },
  { seconds: 5, files: 4 },
  { seconds: 60, files: 1 },
  { seconds: 60, files: 4 },
])("days of a commit every $seconds s with files: $files", ({ seconds, files }) => {
  const table = stream({ every: seconds * SECOND, files });

  it("leave fewer than 100 data files each", () => {
    expect(table.days.size).toBe(2);
    for (const sizes of table.days.values()) expect(sizes.length).toBeLessThan(100);
  });

  it("take at most one Job an hour, and next to none once nobody writes any more", () => {
    const pauses = table.jobs.slice(1).map((at, index) => at - (table.jobs[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(HOUR);
    // The last snapshots, and what the last partition had when it ended.
    expect(table.jobs.filter((at) => at > START + 2 * DAY + 8 * HOUR).length).toBeLessThanOrEqual(1);
  });

  it("leave the snapshots of the last hours", () => {
    expect(table.commits.length).toBeLessThanOrEqual(Math.max(121, (8 * HOUR) / (seconds * SECOND)));
  });
});
