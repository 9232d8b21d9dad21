/**
 * What becomes of rows and of changes when a process dies: HBase under a writer, its administration in mid-change. `HBASE_KILLS` says how often HBase is
 * killed under load; 3 times unless told otherwise.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mustRun } from "../../local/support/command.ts";
import { servingTableKind } from "../../src/crds/kinds.ts";
import { until } from "../../src/testing/until.ts";
import { allStarted } from "../support/engine-set.ts";
import { startHBase, startHBaseAdmin, writerCommand } from "../support/hbase.ts";
import { startProgram, type Engine } from "../support/process.ts";
import { RunningOperator } from "./running-operator.ts";

const NAMESPACE = "serving-faults";
const AT = { namespace: NAMESPACE, name: "written" };
const TABLE = "serving_faults:written";
const KILLS = Number(process.env["HBASE_KILLS"] ?? 3);
const START_MILLISECONDS = 240_000;
const MILLISECONDS_OF_A_KILL = 180_000;
/** Rows that are acknowledged between two kills, at least. */
const ROWS_BETWEEN = 200;
const SPEC = { platformRef: { name: "main" }, families: [{ name: "p" }], split: { uniform: 4 } };

let directory: string;
let hbase: Engine;
let admin: Engine;
let operator: RunningOperator;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-hbase-faults-"));
  [hbase, admin] = await allStarted(
    startHBase({ directory: join(directory, "hbase") }),
    startHBaseAdmin({ directory: join(directory, "admin") }),
  );
  operator = await RunningOperator.start([NAMESPACE], { hbaseAdminUrl: admin.address });
  await operator.applyPlatform(NAMESPACE, { hbase: { bootstrapServers: [hbase.address] } });
  await operator.apply(servingTableKind, AT, SPEC);
  await operator.waitUntilReady(servingTableKind, AT);
}, START_MILLISECONDS);
afterAll(async () => {
  await operator.stop();
  await admin.stop();
  await hbase.stop();
  await rm(directory, { recursive: true, force: true });
});

function portOf({ address }: Engine): number {
  return Number(/:(\d+)$/.exec(address)?.[1]);
}

/** Requests that the administration has answered. */
async function answersGiven(): Promise<number> {
  const text = await (await fetch(`${admin.address}/metrics`)).text();
  return [...text.matchAll(/answers_total\{.*\} (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe("a table that is written to", () => {
  it(
    "loses no acknowledged row when HBase is killed again and again",
    async () => {
      const log = join(directory, "writer.log");
      const acknowledged = async (): Promise<number> =>
        Number(/(?:^|\n)(\d+)\n[^\n]*$/.exec(await readFile(log, "utf8"))?.[1] ?? -1);
      const more = async (): Promise<void> => {
        const enough = (await acknowledged()) + ROWS_BETWEEN;
        await until(
          async () => (await acknowledged()) >= enough,
          async () => `only ${await acknowledged()} rows were acknowledged, not ${enough}`,
          MILLISECONDS_OF_A_KILL,
        );
      };
      const writer = await startProgram({
        name: "the writer",
        command: [...(await writerCommand()), hbase.address, TABLE, "p", "write"],
        logFile: log,
        deadlineSeconds: 120,
        isReady: async (text) => text.includes("\n"),
        stopSignal: "SIGKILL",
      });
      try {
        for (let kill = 0; kill < KILLS; kill += 1) {
          await more();
          await hbase.stop(); // SIGKILL
          hbase = await startHBase({ directory: join(directory, "hbase"), port: portOf(hbase) });
        }
        await more();
      } finally {
        await writer.stop();
      }
      const last = await acknowledged();
      const [program = "java", ...args] = await writerCommand();
      const answer = await mustRun(program, [...args, hbase.address, TABLE, "p", "missing", String(last)]);
      console.log(`${KILLS} kills of HBase, ${last + 1} rows acknowledged, ${answer.trim()}`);
      expect(answer.trim()).toBe("missing 0");
    },
    START_MILLISECONDS + (KILLS + 1) * MILLISECONDS_OF_A_KILL,
  );

  it("is brought in line all the same when the administration dies in mid-change", async () => {
    const families = [{ name: "p", versions: 7, compression: "GZ" }, { name: "q" }];
    const before = await answersGiven();
    await operator.apply(servingTableKind, AT, { ...SPEC, families });
    await until(
      async () => (await answersGiven()) > before,
      () => "the administration was not asked",
    );
    // Whatever it is doing now, it does not come back from.
    await admin.stop();
    admin = await startHBaseAdmin({ directory: join(directory, "admin"), port: portOf(admin) });
    const { status } = await operator.waitUntilReady(servingTableKind, AT);
    expect(status).toMatchObject({
      families: [
        { name: "p", versions: 7, compression: "GZ" },
        { name: "q", versions: 1 },
      ],
    });
  });
});
