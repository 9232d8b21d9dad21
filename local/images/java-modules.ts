/** Our own Java modules, packaged by Maven in a copy of `java/` so that no other build in the checkout disturbs it. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { javaHome, type ReportArtifact } from "./artifacts.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { mustRun } from "../support/command.ts";
import { retried } from "../support/retry.ts";

export interface JavaModules {
  readonly names: readonly string[];
  /** Goals and options of Maven beside `package` without tests. */
  readonly options?: readonly string[];
}

/** Packages modules with those that they need, and lets `take` copy what it wants from the folder `java/` of that copy. */
export async function packageModules(
  { names, options = [] }: JavaModules,
  report: ReportArtifact,
  take: (java: string) => Promise<void>,
): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), "openclickstream-java-"));
  try {
    const java = join(copy, "java");
    await cp(join(checkoutFolder, "java"), java, {
      recursive: true,
      filter: (path) => !isBuilt(path.split("/").at(-1) ?? ""),
    });
    const goals = ["-q", "-B", "-ntp", "-f", java, "-pl", names.join(), "-am", "package", ...options];
    const env = { JAVA_HOME: await javaHome({ minimum: 17, maximum: 17 }) };
    await retried(report, async () => mustRun("mvn", [...goals, "-Dmaven.test.skip=true"], { env }));
    await take(java);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Whether a file or folder of this name is made by Maven. */
export function isBuilt(name: string): boolean {
  return name === "target" || name === ".flattened-pom.xml";
}
