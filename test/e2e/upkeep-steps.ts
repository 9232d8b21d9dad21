/** How the operator looks after a table that a stream goes on writing to: many small files become few, and no event is lost or doubled. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { accessLog, type Environment } from "./environment.ts";

const smallFiles = 200;
/** So many files of an hour that has passed are written together. */
const filesOfAnHour = 5;
/** Lines of the log's beginning that lie in about thirty hours: each micro-batch leaves a file or more in each of them. */
const linesOfManyHours = 3400;
/** So slowly that it lasts for as long as the Job on a machine with nothing else to do. */
const slowRate = "40";
const mostReplays = 24;

interface LastRun {
  readonly job: string;
  readonly state: string;
  readonly filesBefore: number;
  readonly filesAfter: number;
  readonly compactedFiles: number;
}

/** Defines the step; its pipeline's tables are not looked after until then. `journey` is called when it runs. */
export function upkeepSteps(journey: () => { readonly environment: Environment }): void {
  describe("its table of events", () => {
    let environment: Environment;

    beforeAll(() => {
      ({ environment } = journey());
    });

    async function replay(file: string, source: string, ...args: readonly string[]): Promise<void> {
      await environment.clickstream(
        "replay",
        "web",
        ...["--format", "combined", "--source", source, ...args, file],
      );
    }

    /** Files in hours that have enough of them; how many a replay leaves is a matter of the machine's speed. */
    async function files(): Promise<number> {
      const [row] = await environment.query(
        `SELECT coalesce(sum(file_count), 0) AS files FROM lake.${environment.database}."web_events$partitions" ` +
          `WHERE file_count >= ${String(filesOfAnHour)}`,
      );
      return Number(row?.["files"]);
    }

    async function driver(): Promise<string> {
      return environment.field(
        "pod/web-stream-0",
        ".metadata.uid} {.status.containerStatuses[*].restartCount",
      );
    }

    it("is compacted by a Job of the operator while the stream writes to it, and nothing is lost or doubled", async () => {
      const folder = await mkdtemp(join(tmpdir(), "openclickstream-upkeep-"));
      try {
        const part = join(folder, "part.log");
        const lines = (await readFile(accessLog, "utf8")).split("\n").slice(0, linesOfManyHours);
        await writeFile(part, `${lines.join("\n")}\n`);
        const before = await driver();
        let { received } = await environment.account();
        await environment.patch("clickstreampipeline/web", {
          spec: { tables: { events: { partitionBy: [{ column: "event_time", transform: "hour" }] } } },
        });
        await environment.eventually("the table is partitioned by hours", async () => {
          const partitions = await environment.field(
            "laketable/web-events",
            ".spec.partitionBy[0].transform",
          );
          return partitions === "hour" ? undefined : partitions;
        });
        await environment.waitForCondition("laketable/web-events", "Ready", "True");
        for (let replays = 0; replays === 0 || (await files()) < smallFiles; replays += 1) {
          if (replays === mostReplays)
            throw new Error(`${String(await files())} files after ${replays} replays`);
          await replay(part, `hours-${replays}`);
          received += lines.length;
          await environment.waitUntilAccounted(received);
        }

        const streaming = replay(part, "beside", "--rate", slowRate);
        streaming.catch(() => undefined); // It is looked at below, and must not fail the steps before.
        await environment.patch("clickstreampipeline/web", {
          spec: { tables: { maintenance: { enabled: true, interval: "10m" } } },
        });
        let run: LastRun | undefined;
        await environment.eventually("the Job of the operator looked after the table", async () => {
          const text = await environment.field("laketable/web-events", ".status.maintenance.lastRun");
          run = text === "" ? undefined : (JSON.parse(text) as LastRun);
          return run === undefined ? environment.field("dataplatform/local", ".status.upkeep") : undefined;
        });
        expect(run?.state, JSON.stringify(run)).toBe("Done");
        expect(run?.compactedFiles, JSON.stringify(run)).toBeGreaterThanOrEqual(smallFiles);
        expect(run?.filesAfter, JSON.stringify(run)).toBeLessThan(run?.filesBefore ?? 0);

        await streaming;
        const account = await environment.waitUntilAccounted(received + lines.length);
        expect(account.stored + account.failed + account.duplicate).toBe(account.received);
        const { rows, records } = await environment.storedRecords();
        expect({ rows, records }).toEqual({ rows: account.received, records: account.received });
        // No conflict ended the driver or a batch of it.
        expect(await driver()).toBe(before);
        expect(await environment.kubectl("logs", "web-stream-0", "--since=30m")).not.toContain(
          "ValidationException",
        );
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
}
