/** Our services in Java: the jars of each, built by Maven. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "./artifacts.ts";
import { packageModules } from "./java-modules.ts";
import { cached, hashOf, hashOfPath } from "../support/cache.ts";
import { checkoutFolder } from "../support/checkout.ts";

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** A folder with the SQL planner's jar and those that it needs. */
export async function sqlPlanner(): Promise<Artifact> {
  return serviceJars("sql-planner", "building the SQL planner with Maven");
}

/** A folder with the jar of the administration of HBase and those that it needs. */
export async function hbaseAdmin(): Promise<Artifact> {
  return serviceJars("hbase-admin", "building the administration of HBase with Maven");
}

/** A folder with the jar of the Flight SQL gateway and those that it needs. */
export async function flightGateway(): Promise<Artifact> {
  return serviceJars("flight-gateway", "building the Flight SQL gateway with Maven", ["lake"]);
}

/** A folder with the jar of the profile API and those that it needs. */
export async function profileApi(): Promise<Artifact> {
  return serviceJars("profile-api", "building the profile API with Maven", ["profiles"]);
}

/** `further` are modules that it is made of beside those of all services. */
async function serviceJars(
  name: string,
  message: string,
  further: readonly string[] = [],
): Promise<Artifact> {
  const java = join(checkoutFolder, "java");
  const isLeftOut = (file: string): boolean => ["target", "test"].includes(file);
  const modules = ["model", "service", ...further, name];
  const hashes = await Promise.all(modules.map(async (module) => hashOfPath(join(java, module), isLeftOut)));
  const key = hashOf({ pom: await hashOfPath(join(java, "pom.xml")), modules: hashes.join() });
  return {
    key,
    provide: async (report) =>
      cached({ thing: name, key }, async (building) => {
        report(message);
        // The folder is that of each module: what the tests' module needs is copied beside it, and left there.
        const options = [copyDependencies, "-DincludeScope=runtime", "-DoutputDirectory=target/lib"];
        await packageModules({ names: [name], options }, report, async (built) => {
          const target = join(built, name, "target");
          await cp(join(target, "lib"), building, { recursive: true });
          await cp(join(target, `${name}.jar`), join(building, `${name}.jar`));
        });
      }),
  };
}
