/** Events and rows a second that become profiles in a real HBase on this machine, which syncs each write to the disk; without a cluster. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { javaHome } from "../local/images/artifacts.ts";
import { sparkDistribution } from "../local/images/distributions.ts";
import { checkoutFolder } from "../local/support/checkout.ts";
import { mustRun } from "../local/support/command.ts";
import { startHBase } from "../test/support/hbase.ts";
import type { Figure } from "./figures.ts";
import { sparkOptions } from "./spark-options.ts";

const java = join(checkoutFolder, "java");

/** Builds the stream job and runs its bench; a line of its output is a name and a value. */
export async function measureProfiles(report: (message: string) => void): Promise<readonly Figure[]> {
  const spark = await (await sparkDistribution()).provide(report);
  const home = await javaHome({ minimum: 17, maximum: 17 });
  report("building the stream job");
  const goals = ["-q", "-B", "-f", java, "-pl", "stream-job", "-am", "-DskipTests", "package"];
  await mustRun("mvn", goals, { env: { JAVA_HOME: home } });
  const directory = join(checkoutFolder, ".local/bench/hbase");
  await rm(directory, { recursive: true, force: true });
  const hbase = await startHBase({ directory, report });
  try {
    report("writing profiles");
    const classes = ["test-classes", "stream-job.jar"].map((name) => join(java, "stream-job/target", name));
    const output = await mustRun(join(home, "bin", "java"), [
      ...["-Xmx700m", ...(await sparkOptions()), "-cp", [...classes, `${spark}/jars/*`].join(":")],
      ...["io.openclickstream.stream.profile.ProfileBench", hbase.address],
    ]);
    return [...output.matchAll(/^(\w+_second\w*) (\d+)$/gm)].map(([, name = "", value = ""]) => ({
      name: `profiles, ${name.replaceAll("_", " ")}`,
      value,
    }));
  } finally {
    await hbase.stop();
  }
}
