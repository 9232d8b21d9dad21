import { describe, expect, it } from "vitest";
import type { DataPlatform, LakeTable, UpkeepStatus } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import { readerOf } from "../../testing/object-reader.ts";
import { PLATFORM } from "../../testing/systems.ts";
import { watchUpkeep } from "./upkeep-watch.ts";

const RUNNING: UpkeepStatus = {
  job: "main-upkeep-1",
  state: "Running",
  startedAt: "2026-03-10T11:00:00Z",
  tables: [{ database: "shop", table: "events", tableUuid: "uuid-events" }],
};
const ENDED: UpkeepStatus = { ...RUNNING, state: "Succeeded", finishedAt: "2026-03-10T11:05:00Z" };

function platform(upkeep?: UpkeepStatus): DataPlatform {
  return { ...PLATFORM, status: { ...(upkeep && { upkeep }) } };
}

function table(name: string): LakeTable {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: lakeTableKind.kind,
    metadata: { name, namespace: "shop", uid: name },
    spec: { platformRef: { name: "main" }, database: "shop", table: name, columns: [] },
    status: { tableUuid: `uuid-${name}` },
  };
}

describe("a Job that looks after tables", () => {
  it.each([
    { when: "has begun", before: undefined, after: RUNNING, isNews: false },
    { when: "has ended", before: RUNNING, after: ENDED, isNews: true },
    {
      when: "has ended before, and the platform was probed again",
      before: ENDED,
      after: ENDED,
      isNews: false,
    },
    {
      when: "says why it waits",
      before: RUNNING,
      after: { ...RUNNING, message: "Unschedulable" },
      isNews: false,
    },
  ])("wakes tables or not when it $when", ({ before, after, isNews }) => {
    const change = { kind: "updated", previous: platform(before), object: platform(after) } as const;
    expect(watchUpkeep.isNews?.(change)).toBe(isNews);
  });

  it("wakes its own tables, and no others", () => {
    const cache = { ...readerOf(table("events"), table("orders")), cachedList: () => [] };
    expect(watchUpkeep.toKeys(platform(ENDED), cache)).toEqual([{ namespace: "shop", name: "events" }]);
  });
});
