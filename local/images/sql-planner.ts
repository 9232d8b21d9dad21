/** The SQL planner's jars, built by Maven. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { javaHome, type Artifact } from "./artifacts.ts";
import { copySources } from "./distributions.ts";
import { cached, hashOf, hashOfPath } from "../support/cache.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { mustRun } from "../support/command.ts";
import { retried } from "../support/retry.ts";

/** What the planner is compiled from. */
const modules = ["model", "service", "sql-planner"];
const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** A folder with the planner's jar and those that it needs, built in a copy of `java/` so that no other build disturbs it. */
export async function sqlPlanner(): Promise<Artifact> {
  const java = join(checkoutFolder, "java");
  const isLeftOut = (name: string): boolean => ["target", "test"].includes(name);
  const hashes = await Promise.all(modules.map(async (name) => hashOfPath(join(java, name), isLeftOut)));
  const key = hashOf({ pom: await hashOfPath(join(java, "pom.xml")), modules: hashes.join() });
  return {
    key,
    provide: async (report) =>
      cached({ thing: "sql-planner", key }, async (building) => {
        report("building the SQL planner with Maven");
        const copy = await mkdtemp(join(tmpdir(), "openclickstream-java-"));
        try {
          await copySources(copy);
          // The folder is that of each module: what the tests' module needs is copied beside it, and left there.
          const goals = ["-pl", "sql-planner", "-am", "package", copyDependencies];
          const options = [
            "-Dmaven.test.skip=true",
            "-DincludeScope=runtime",
            "-DoutputDirectory=target/lib",
          ];
          const env = { JAVA_HOME: await javaHome({ minimum: 17, maximum: 17 }) };
          const maven = ["-q", "-B", "-ntp", "-f", join(copy, "java"), ...goals, ...options];
          await retried(report, async () => mustRun("mvn", maven, { env }));
          const target = join(copy, "java/sql-planner/target");
          await cp(join(target, "lib"), building, { recursive: true });
          await cp(join(target, "sql-planner.jar"), join(building, "sql-planner.jar"));
        } finally {
          await rm(copy, { recursive: true, force: true });
        }
      }),
  };
}
