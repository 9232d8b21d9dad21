import { describe, expect, it } from "vitest";
import type { MaintenanceStatus } from "../../crds/kinds.ts";
import type { StreamedTable } from "../../testing/streamed-table.ts";
import { streamedTable } from "../../testing/streamed-table.ts";
import type { UpkeepSettings } from "../upkeep/settings.ts";
import type { Due } from "./due.ts";
import { whatIsDue } from "./due.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const NOON = Date.parse("2026-03-10T12:00:00Z");
const MIDNIGHT = Date.parse("2026-03-11T00:00:00Z");

const SETTINGS: UpkeepSettings = {
  isEnabled: true,
  intervalSeconds: 3600,
  targetFileBytes: 128 * 1024 * 1024,
  keepSnapshotsSeconds: 6 * 3600,
  minSnapshots: 100,
  orphansOlderThanSeconds: 3 * 86_400,
  retention: undefined,
};

interface Given extends StreamedTable {
  readonly settings?: Partial<UpkeepSettings>;
  readonly before?: MaintenanceStatus | undefined;
  readonly createdAt?: number;
  readonly canExpire?: boolean;
  readonly now?: number;
}

function judge(given: Given): Due {
  const { settings, before, createdAt = NOON - DAY, canExpire = true, now = NOON } = given;
  return whatIsDue({
    table: streamedTable(given),
    settings: { ...SETTINGS, ...settings },
    ...{ before, createdAt, canExpire, now },
  });
}

function dueSteps(given: Given): readonly string[] {
  return judge(given).steps.map(({ step }) => step);
}

/** So many commits, one each so many milliseconds, the last one at a time. */
function commits(count: number, every: number, until: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => until - (count - 1 - index) * every);
}

/** A run that did all that there was, and what it left. */
function ranAt(at: number, left: { files?: number; bytes?: number } = {}): MaintenanceStatus {
  const { files = 0, bytes = files * 50_000 } = left;
  const time = new Date(at).toISOString();
  return {
    lastRun: {
      ...{ job: "job", at: time, finishedAt: time, state: "Done", filesAfter: files, bytesAfter: bytes },
    },
    lastOrphanSearch: time,
  };
}

describe("small data files", () => {
  it.each<[string, Given, boolean]>([
    ["19 in a table with an open partition", { partitions: "day", files: 19 }, false],
    ["20 in a table with an open partition", { partitions: "day", files: 20 }, true],
    ["4 in a table without partitions of time", { files: 4 }, false],
    ["5 in a table without partitions of time", { files: 5 }, true],
    ["5 in a table that is partitioned by something else", { files: 5, partitions: "bucket[16]" }, true],
    ["many large ones", { files: 500, bytes: 500 * 120 * 1024 * 1024 }, false],
    [
      "400 that the last run left",
      { partitions: "day", files: 400, before: ranAt(NOON - HOUR, { files: 400 }) },
      false,
    ],
    [
      "20 more than it left",
      { partitions: "day", files: 420, before: ranAt(NOON - HOUR, { files: 400 }) },
      true,
    ],
    [
      "400 that a failed run left",
      {
        partitions: "day",
        files: 400,
        before: failed(ranAt(NOON - HOUR, { files: 400 })),
      },
      true,
    ],
  ])("are due or not: %s", (_title, given, isDue) => {
    expect(dueSteps(given).includes("DataFiles")).toBe(isDue);
  });

  it("of a partition that was open at the last run are due when it has ended, once", () => {
    const at = NOON - HOUR;
    const given: Given = {
      partitions: "day",
      files: 12,
      commits: commits(6, HOUR, at),
      before: ranAt(at, { files: 12 }),
    };
    expect(judge(given)).toMatchObject({ steps: [], next: MIDNIGHT });
    expect(dueSteps({ ...given, now: MIDNIGHT })).toEqual(["DataFiles"]);
    const before = ranAt(MIDNIGHT, { files: 12 });
    expect(dueSteps({ ...given, before, now: MIDNIGHT + HOUR })).toEqual([]);
  });

  it("of which each partition got few are left as they are", () => {
    const given: Given = { partitions: "day", files: 12, commits: commits(12, DAY, NOON - DAY) };
    expect(dueSteps(given)).toEqual([]);
  });
});

describe("manifests", () => {
  it("are due when 50 commits were made since the last run", () => {
    const before = ranAt(NOON - HOUR, { files: 2 });
    const given = (count: number): Given => ({
      files: 2,
      partitions: "day",
      before,
      commits: commits(count, SECOND, NOON - SECOND),
    });
    expect(dueSteps(given(49))).toEqual([]);
    expect(dueSteps(given(50))).toEqual(["Manifests"]);
  });
});

describe("old snapshots", () => {
  const old = NOON - 7 * HOUR;
  const before = ranAt(NOON - HOUR, { files: 1 });

  it.each<[string, Given, boolean]>([
    ["none is old", { commits: commits(300, SECOND, NOON) }, false],
    ["20 are old and too many", { commits: commits(120, SECOND, old), before: ranAt(NOON - 2 * HOUR) }, true],
    [
      "19 are, and the last run was today",
      { commits: commits(119, SECOND, old), before: ranAt(NOON - 2 * HOUR) },
      false,
    ],
    [
      "one is, and the last run was yesterday",
      { commits: commits(101, SECOND, old), before: ranAt(NOON - DAY) },
      true,
    ],
    ["as many are kept as must be", { commits: commits(100, SECOND, NOON - DAY) }, false],
    ["the catalog cannot remove them", { commits: commits(500, SECOND, old), canExpire: false }, false],
    ["a branch has had its time", { firstRefEnd: NOON, commits: [old], before }, true],
    ["a branch has time left", { firstRefEnd: NOON + 1, commits: [old], before }, false],
  ])("are due or not: %s", (_title, given, isDue) => {
    // The files are few, and each commit was followed by a run, or there were fewer than 50.
    expect(dueSteps({ files: 1, ...given }).includes("Snapshots")).toBe(isDue);
  });

  it("that the last run had to leave do not start one run after the other", () => {
    const stuck = commits(300, SECOND, NOON - DAY);
    const given: Given = {
      files: 1,
      partitions: "day",
      commits: stuck,
      before: ranAt(NOON - HOUR, { files: 1 }),
    };
    expect(dueSteps(given)).toEqual([]);
  });

  it("are told in words that do not change with the clock", () => {
    const given: Given = {
      files: 1,
      commits: commits(300, 60 * SECOND, NOON - HOUR),
      before: ranAt(NOON - 2 * HOUR),
    };
    const whys = [NOON + 3 * HOUR, NOON + 4 * HOUR].map((now) => judge({ ...given, now }).steps.at(-1)?.why);
    expect(whys).toEqual(Array(2).fill("snapshots beyond the 100 that stay are older than 21600 s"));
  });

  it("are due by time alone, and the time is told", () => {
    const given: Given = {
      files: 1,
      partitions: "day",
      commits: commits(130, SECOND, NOON - HOUR),
      before: ranAt(NOON - HOUR, { files: 1 }),
    };
    const twentieth = given.commits?.[19] ?? 0;
    const next = twentieth + 6 * HOUR + 1;
    expect(judge(given)).toEqual({ steps: [], next });
    expect(dueSteps({ ...given, now: next - 1 })).toEqual([]);
    expect(dueSteps({ ...given, now: next })).toEqual(["Snapshots"]);
  });
});

describe("rows that are too old", () => {
  const retention = { column: "at", keepSeconds: 400 * 86_400 };
  const given: Given = { files: 1, partitions: "day", settings: { retention }, createdAt: NOON };

  it("are looked for once a day, by the table's days", () => {
    expect(dueSteps(given)).toEqual(["OldRows"]);
    const before = ranAt(NOON - HOUR, { files: 1 });
    expect(judge({ ...given, before })).toMatchObject({ steps: [], next: MIDNIGHT });
    expect(dueSteps({ ...given, before, now: MIDNIGHT })).toEqual(["OldRows"]);
  });

  it("are looked for once a month where partitions are months", () => {
    const before = ranAt(NOON - HOUR, { files: 1 });
    expect(dueSteps({ ...given, partitions: "month", before, now: NOON + 5 * DAY })).toEqual([]);
    expect(dueSteps({ ...given, partitions: "month", before, now: NOON + 31 * DAY })).toEqual(["OldRows"]);
  });

  it("are not looked for in an empty table, nor without a word on it", () => {
    expect(dueSteps({ ...given, files: 0 })).toEqual([]);
    expect(dueSteps({ ...given, settings: {} })).toEqual([]);
  });

  it("are looked for again when the run broke off", () => {
    expect(dueSteps({ ...given, before: failed(ranAt(NOON - HOUR)) })).toEqual(["OldRows"]);
  });
});

describe("orphan files", () => {
  const week = 7 * DAY;

  it.each<[string, Given, boolean]>([
    ["the table is new", { commits: [NOON - HOUR], createdAt: NOON - DAY }, false],
    ["nobody looked for a week", { commits: [NOON - HOUR], createdAt: NOON - week }, true],
    ["nobody wrote", { commits: [NOON - 2 * week], createdAt: NOON - week }, false],
    [
      "the catalog lets no file be removed",
      { commits: [NOON], createdAt: NOON - week, canExpire: false },
      false,
    ],
    ["the last search was this week", { commits: [NOON], before: ranAt(NOON - DAY), createdAt: 0 }, false],
    ["the last search was last week", { commits: [NOON], before: ranAt(NOON - week), createdAt: 0 }, true],
  ])("are due or not: %s", (_title, given, isDue) => {
    expect(dueSteps(given).includes("OrphanFiles")).toBe(isDue);
  });
});

describe("a table that nobody writes", () => {
  it("has nothing due, now and for ever", () => {
    const given: Given = {
      files: 300,
      partitions: "day",
      commits: commits(100, HOUR, NOON - DAY),
      before: ranAt(NOON - HOUR, { files: 300 }),
    };
    expect(judge(given)).toEqual({ steps: [], next: undefined });
    expect(judge({ ...given, now: NOON + 365 * DAY })).toEqual({ steps: [], next: undefined });
  });
});

function failed({ lastRun, ...rest }: MaintenanceStatus): MaintenanceStatus {
  return { ...rest, ...(lastRun && { lastRun: { ...lastRun, state: "Failed" } }) };
}
