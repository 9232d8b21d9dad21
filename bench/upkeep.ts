/** Compaction on this machine's disk, without a cluster: megabytes a second of a core, and ten queries before and after. */
import { join } from "node:path";
import { javaHome } from "../local/images/artifacts.ts";
import { sparkDistribution } from "../local/images/distributions.ts";
import { checkoutFolder } from "../local/support/checkout.ts";
import { mustRun } from "../local/support/command.ts";
import type { Figure } from "./figures.ts";
import { sparkOptions } from "./spark-options.ts";

const FILES = 200;
const ROWS_A_FILE = 20_000;
const java = join(checkoutFolder, "java");

/** Builds the batch job and runs its bench; a line of its output is a name, a value and a unit. */
export async function measureUpkeep(report: (message: string) => void): Promise<readonly Figure[]> {
  const spark = await (await sparkDistribution()).provide(report);
  const home = await javaHome({ minimum: 17, maximum: 17 });
  const goals = ["-q", "-B", "-f", java, "-pl", "batch-job", "-am", "-DskipTests", "package"];
  report("building the batch job");
  await mustRun("mvn", goals, { env: { JAVA_HOME: home } });
  report(`compacting ${FILES} files`);
  const classes = ["test-classes", "batch-job.jar"].map((name) => join(java, "batch-job/target", name));
  const output = await mustRun(join(home, "bin", "java"), [
    ...["-Xmx2g", ...(await sparkOptions()), "-cp", [...classes, `${spark}/jars/*`].join(":")],
    ...["io.openclickstream.batch.UpkeepBench", String(FILES), String(ROWS_A_FILE)],
  ]);
  return [...output.matchAll(/^upkeep_(\w+) (.*)$/gm)].map(([, name = "", value = ""]) => ({
    name: `upkeep, ${name.replaceAll("_", " ")}`,
    value,
  }));
}
