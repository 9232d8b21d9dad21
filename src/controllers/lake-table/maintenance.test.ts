import { describe, expect, it } from "vitest";
import type { LakeTable, MaintenanceStatus, TableMaintenance, UpkeepStatus } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import { PRESENT } from "../../testing/systems.ts";
import { streamedTable } from "../../testing/streamed-table.ts";
import type { Maintenance } from "./maintenance.ts";
import { maintenanceOf } from "./maintenance.ts";

const NOW = new Date("2026-03-10T12:00:00Z");
const UUID = "uuid-of-shop.events";

const DONE: Partial<UpkeepStatus["tables"][number]> = {
  ...{ state: "Done", filesBefore: 40, filesAfter: 2, bytesBefore: 4000, bytesAfter: 3900, snapshots: 100 },
  ...{ compactedFiles: 40, expiredSnapshots: 5, removedFiles: 50, erasedRows: 0 },
};
const SEARCHED = { ...DONE, orphansSearched: true };

function upkeep(figures: Partial<UpkeepStatus["tables"][number]>, job = "job-1"): UpkeepStatus {
  const table = { database: "shop", table: "events", tableUuid: UUID, ...figures };
  const times = { startedAt: "2026-03-10T11:00:00Z", finishedAt: "2026-03-10T11:05:00Z" };
  return { job, state: "Succeeded", ...times, tables: [table] };
}

interface Given {
  readonly spec?: TableMaintenance;
  readonly before?: MaintenanceStatus | undefined;
  readonly status?: PresentPlatform["status"];
  readonly files?: number;
  readonly properties?: Readonly<Record<string, string>>;
  readonly isSeen?: boolean;
}

function maintenance({
  spec,
  before,
  status,
  files = 0,
  properties = {},
  isSeen = true,
}: Given): Maintenance {
  const resource: LakeTable = {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: lakeTableKind.kind,
    metadata: { name: "events", namespace: "shop", creationTimestamp: "2026-03-10T10:00:00Z" },
    spec: {
      ...{ platformRef: { name: "main" }, database: "shop", table: "events", columns: [] },
      ...(spec && { maintenance: spec }),
    },
  };
  const platform = { ...PRESENT, ...(status && { status }) };
  const table = isSeen ? streamedTable({ files, properties }) : undefined;
  return maintenanceOf({ ...{ resource, tableUuid: UUID, before }, platform, table, now: NOW });
}

function conditionOf(given: Given): string {
  const [condition] = maintenance(given).conditions;
  return `${condition?.status} ${condition?.reason}: ${condition?.message}`;
}

describe("the result of a Job", () => {
  it("is taken over with its figures by the table that it is for", () => {
    expect(maintenance({ status: { upkeep: upkeep(DONE) } }).status.maintenance).toEqual({
      lastRun: { job: "job-1", at: "2026-03-10T11:00:00Z", finishedAt: "2026-03-10T11:05:00Z", ...DONE },
    });
  });

  it.each(["Done", "NothingToDo", "Failed"] as const)(
    "tells when orphan files were looked for, and the runs after it do not change that: %s",
    (state) => {
      const before = maintenanceAfter({ ...SEARCHED, state });
      expect(before.lastOrphanSearch).toBe("2026-03-10T11:05:00Z");
      expect(before.lastRun).not.toHaveProperty("orphansSearched");
      const next = { ...upkeep({ ...DONE, state }, "job-2"), finishedAt: "2026-03-10T11:45:00Z" };
      expect(maintenance({ before, status: { upkeep: next } }).status.maintenance).toMatchObject({
        lastRun: { job: "job-2" },
        lastOrphanSearch: "2026-03-10T11:05:00Z",
      });
    },
  );

  it("is nothing to another table, even of the same name", () => {
    expect(maintenance({ status: { upkeep: upkeep({ ...DONE, tableUuid: "another" }) } }).status).toEqual({});
  });

  it("is taken over once: what came after it stays", () => {
    const { lastRun } = maintenanceAfter(DONE);
    const before: MaintenanceStatus = { ...(lastRun && { lastRun: { ...lastRun, filesAfter: 7 } }) };
    expect(maintenance({ before, status: { upkeep: upkeep(DONE) } }).status.maintenance).toEqual(before);
  });

  it("stays when the next Job is for other tables, and when the platform forgets", () => {
    const before = maintenanceAfter(DONE);
    const next = upkeep({ ...DONE, tableUuid: "another" }, "job-2");
    expect(maintenance({ before, status: { upkeep: next } }).status.maintenance).toEqual(before);
    expect(maintenance({ before }).status.maintenance).toEqual(before);
  });

  it("is none while the Job runs", () => {
    const { job, startedAt, tables } = upkeep({});
    const running: UpkeepStatus = { job, state: "Running", startedAt, tables };
    expect(maintenance({ status: { upkeep: running } }).status).toEqual({});
  });

  it("that says nothing of the table is not a run that did anything", () => {
    const before = maintenanceAfter({ state: "Unknown", message: "no word" });
    expect(maintenance({ before, files: 30 }).status.maintenance).toMatchObject({
      due: ["DataFiles"],
      next: "2026-03-10T12:00:00Z",
    });
  });
});

describe("the next run", () => {
  const before = maintenanceAfter(DONE);

  it("may begin at once for a table that was never looked after", () => {
    expect(maintenance({ files: 30 }).status.maintenance).toEqual({ due: ["DataFiles"] });
  });

  it("keeps the interval from begin to begin, as it is now", () => {
    const next = (interval?: string): string | undefined =>
      maintenance({ before, files: 30, ...(interval && { spec: { interval } }) }).status.maintenance?.next;
    expect(next()).toBe("2026-03-10T12:00:00Z");
    expect(next("10m")).toBe("2026-03-10T11:10:00Z");
    expect(next("1d")).toBe("2026-03-11T11:00:00Z");
  });

  it("waits twice as long after each failure, a day at the most, and says so", () => {
    const failing = (failures: number): Given => ({
      before: { ...maintenanceAfter({ state: "Failed", message: "no space" }), failures },
      files: 30,
    });
    const nexts = [1, 2, 3, 5, 6, 50].map((count) => maintenance(failing(count)).status.maintenance?.next);
    expect(nexts).toEqual([
      "2026-03-10T12:05:00Z",
      "2026-03-10T13:05:00Z",
      "2026-03-10T15:05:00Z",
      "2026-03-11T03:05:00Z",
      "2026-03-11T11:05:00Z",
      "2026-03-11T11:05:00Z",
    ]);
    expect(conditionOf(failing(2))).toBe(
      "False UpkeepFailed: the last 2 runs failed: no space; the next may begin at 2026-03-10T13:05:00Z",
    );
  });

  it("counts failures until a run does not fail", () => {
    const failed = upkeep({ state: "Failed", message: "no space" }, "job-2");
    const once = maintenance({ before, status: { upkeep: failed } }).status.maintenance;
    expect(once).toMatchObject({ failures: 1 });
    const well = upkeep(DONE, "job-3");
    expect(maintenance({ before: once, status: { upkeep: well } }).status.maintenance).not.toHaveProperty(
      "failures",
    );
  });
});

describe("the condition Maintained", () => {
  it("tells what is due and why, or that nothing is", () => {
    expect(conditionOf({ files: 30 })).toBe(
      "True Succeeded: due: DataFiles (30 small data files were added)",
    );
    expect(conditionOf({})).toBe("True Succeeded: nothing is due");
  });

  it.each<[string, Given]>([
    ["catalog", { status: { catalog: { snapshotExpiry: "False", branches: "False" } }, files: 30 }],
    ["table", { properties: { "gc.enabled": "false" }, files: 30 }],
  ])("says what stays where the %s lets nothing be removed", (_title, given) => {
    expect(conditionOf(given)).toBe(
      "False CatalogLimited: snapshots and orphan files stay, because the catalog does not let them be removed; " +
        "due: DataFiles (30 small data files were added)",
    );
  });

  it("is absent where nobody looks after the table, and nothing is due there", () => {
    const { status, conditions } = maintenance({
      spec: { enabled: false },
      files: 30,
      before: maintenanceAfter(DONE),
    });
    expect(status.maintenance).toEqual(maintenanceAfter(DONE));
    expect(conditions).toEqual([]);
  });
});

it.each(["Done", "Failed", "Unknown"] as const)(
  "after a run nothing is due until the table is seen again: %s",
  (state) => {
    const before: MaintenanceStatus = { due: ["Snapshots"], next: "2026-03-10T11:00:00Z" };
    const given: Given = { before, status: { upkeep: upkeep({ ...DONE, state }) }, isSeen: false };
    const after = maintenance(given).status.maintenance;
    expect(after?.lastRun).toMatchObject({ job: "job-1", state });
    expect(after).not.toHaveProperty("due");
    expect(after).not.toHaveProperty("next");
  },
);

it("what cannot be seen now stays as it was last seen", () => {
  const before: MaintenanceStatus = {
    ...maintenanceAfter(DONE),
    due: ["Snapshots"],
    next: "2026-03-10T12:00:00Z",
  };
  expect(maintenance({ before, isSeen: false }).status.maintenance).toEqual(before);
});

function maintenanceAfter(figures: Partial<UpkeepStatus["tables"][number]>): MaintenanceStatus {
  return maintenance({ status: { upkeep: upkeep(figures) } }).status.maintenance ?? {};
}
