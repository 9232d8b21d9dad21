/** What the SQL planner takes for a query, over HTTP, and its memory: the queries of its corpus again and again. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { javaHome } from "../local/images/artifacts.ts";
import { sqlPlanner } from "../local/images/java-services.ts";
import { checkoutFolder } from "../local/support/checkout.ts";
import { freePorts, startProgram, type Engine, type RunningProgram } from "../test/support/process.ts";
import { PATHS } from "../src/generated/endpoints.ts";
import { planErrors } from "../src/generated/plan-errors.ts";
import type { PlanRequest } from "../src/generated/plan-request.ts";
import { planDocument } from "../src/generated/plan.ts";
import { quantile, seconds, type Figure } from "./figures.ts";

const warmRounds = 10;
const rounds = 20;
const resources = join(checkoutFolder, "java/sql-planner/src/test/resources");

/** Starts the planner as its image does and asks it one query after the other. */
export async function measurePlanner(): Promise<readonly Figure[]> {
  const began = performance.now();
  const logFile = join(checkoutFolder, ".local", "bench", "planner.log");
  const planner = await startPlanner(logFile, (message) => console.error(message));
  const { address } = planner;
  const ready = performance.now() - began;
  try {
    const bodies = await requests();
    const ask = async (body: string): Promise<number> => {
      const start = performance.now();
      const answer = await fetch(`${address}${PATHS.plan}`, { method: "POST", body });
      const document: unknown = await answer.json();
      const took = performance.now() - start;
      if (answer.status === 422) throw new Error(planErrors.parse(document).errors[0]?.message);
      planDocument.parse(document);
      return took;
    };
    for (let round = 0; round < warmRounds; round += 1) for (const body of bodies) await ask(body);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) for (const body of bodies) times.push(await ask(body));
    return [
      { name: "planner, ready after", value: seconds(ready) },
      {
        name: `planner, p50 / p99 of ${times.length} queries, warm`,
        value: `${quantile(times, 0.5).toFixed(1)} / ${quantile(times, 0.99).toFixed(1)} ms`,
        aim: "p99 20 ms",
      },
      {
        name: "planner, most memory resident",
        value: `${await peakMebibytes(planner.pid)} MiB`,
        aim: "300 MiB",
      },
    ];
  } finally {
    await planner.stop();
  }
}

/** The planner as its image runs it. */
export async function startPlanner(
  logFile: string,
  report: (message: string) => void,
): Promise<Engine & RunningProgram> {
  const lib = await (await sqlPlanner()).provide(report);
  const [port = 0] = await freePorts(1);
  const java = join(await javaHome({ minimum: 17, maximum: 17 }), "bin", "java");
  const address = `http://127.0.0.1:${port}`;
  const { stop, pid } = await startProgram({
    name: "SQL planner",
    command: [
      java,
      ...(await imageOptions()),
      "-cp",
      `${lib}/*`,
      "io.openclickstream.planner.PlannerMain",
      String(port),
    ],
    logFile,
    deadlineSeconds: 60,
    isReady: async () => (await fetch(`${address}${PATHS.readyz}`)).ok,
  });
  return { address, stop, pid };
}

/** The options of the JVM in the image. */
async function imageOptions(): Promise<readonly string[]> {
  const dockerfile = await readFile(join(checkoutFolder, "images/sql-planner/Dockerfile"), "utf8");
  const words = JSON.parse(/ENTRYPOINT (\[.*\])/.exec(dockerfile)?.[1] ?? "[]") as string[];
  return words.filter((word) => word.startsWith("-X"));
}

async function requests(): Promise<readonly string[]> {
  const tables = JSON.parse(await readFile(join(resources, "tables.json"), "utf8")) as PlanRequest["tables"];
  const files = await readdir(join(resources, "corpus"));
  const texts = await Promise.all(
    files.map(async (file) => readFile(join(resources, "corpus", file), "utf8")),
  );
  const queries = texts.flatMap((text) => text.split(/^-- == .*$/m)).filter((sql) => sql.trim() !== "");
  return queries.map((sql) => {
    const request: PlanRequest = { sql, tables, timeZone: "Europe/Berlin" };
    return JSON.stringify(request);
  });
}

async function peakMebibytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}
