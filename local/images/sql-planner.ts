/** The SQL planner's jars, built by Maven. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "./artifacts.ts";
import { packageModules } from "./java-modules.ts";
import { cached, hashOf, hashOfPath } from "../support/cache.ts";
import { checkoutFolder } from "../support/checkout.ts";

/** What the planner is compiled from. */
const modules = ["model", "service", "sql-planner"];
const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** A folder with the planner's jar and those that it needs. */
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
        // The folder is that of each module: what the tests' module needs is copied beside it, and left there.
        const options = [copyDependencies, "-DincludeScope=runtime", "-DoutputDirectory=target/lib"];
        await packageModules({ names: ["sql-planner"], options }, report, async (built) => {
          const target = join(built, "sql-planner/target");
          await cp(join(target, "lib"), building, { recursive: true });
          await cp(join(target, "sql-planner.jar"), join(building, "sql-planner.jar"));
        });
      }),
  };
}
