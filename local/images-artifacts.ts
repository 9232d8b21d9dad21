/**
 * Fetches what the engines are made of through the package clients (Maven, Go) into the cache: jars and binaries,
 * used both by the images and by the integration tests that run engines as plain processes.
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { mustRun } from "./command.ts";
import { cached, hashOf, hashOfPath } from "./images-cache.ts";

const imagesFolder = resolve(import.meta.dirname, "..", "images");
const attempts = 3;
const dependencyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

export type ReportArtifact = (message: string) => void;

/** The artifacts of `images/<name>/pom.xml`, all in one folder. Fetched once per content of that file. */
export async function mavenArtifacts(name: string, report: ReportArtifact): Promise<string> {
  const pom = join(imagesFolder, name, "pom.xml");
  return cached({ thing: `${name}-artifacts`, key: await hashOfPath(pom) }, async (directory) => {
    report(`fetching the artifacts of ${name} from Maven Central`);
    await retried(report, async () =>
      mustRun("mvn", [
        ...["-q", "-B", "-ntp", "-f", pom, `${dependencyPlugin}:copy-dependencies`],
        ...[`-DoutputDirectory=${directory}`, "-DincludeScope=runtime"],
      ]),
    );
  });
}

export interface GoProgram {
  /** Name of the cache entry and of the binary. */
  readonly name: string;
  /** Folder of the Go module that builds it. */
  readonly module: string;
  /** Package to build: an import path, or a path in the module such as `./collector`. */
  readonly package: string;
}

/** Builds a Go program without cgo, so that it runs in an empty image; returns the path of the binary. */
export async function goBinary(program: GoProgram, report: ReportArtifact): Promise<string> {
  const compiler = (await mustRun("go", ["env", "GOVERSION"], { cwd: program.module })).trim();
  const key = hashOf({ source: await hashOfPath(program.module), compiler, package: program.package });
  const directory = await cached({ thing: program.name, key }, async (building) => {
    report(`building ${program.name} with ${compiler}`);
    await retried(report, async () =>
      mustRun(
        "go",
        ["build", "-trimpath", "-ldflags", "-s -w", "-o", join(building, program.name), program.package],
        { cwd: program.module, env: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" } },
      ),
    );
  });
  return join(directory, program.name);
}

/** The S3 server, built from `images/versitygw/go.mod`. */
export async function versitygwBinary(report: ReportArtifact): Promise<string> {
  const module = join(imagesFolder, "versitygw");
  return goBinary(
    { name: "versitygw", module, package: "github.com/versity/versitygw/cmd/versitygw" },
    report,
  );
}

/** Home of a JDK of at least `minimum` and at most `maximum`, from JAVA_HOME or the usual places. */
export async function javaHome(minimum: number, maximum: number): Promise<string> {
  const candidates = [process.env["JAVA_HOME"] ?? ""];
  for (const folder of ["/usr/lib/jvm", "/opt/java"]) {
    if (existsSync(folder))
      candidates.push(...(await readdir(folder)).sort().map((name) => join(folder, name)));
  }
  for (const candidate of candidates) {
    if (!existsSync(join(candidate, "bin", "javac"))) continue;
    const version = javaMajor(await readFile(join(candidate, "release"), "utf8").catch(() => ""));
    if (version >= minimum && version <= maximum) return candidate;
  }
  throw new Error(`no JDK of version ${minimum} to ${maximum} in JAVA_HOME, /usr/lib/jvm or /opt/java`);
}

/** The major version in the text of a JDK's `release` file; 0 when it names none. */
export function javaMajor(release: string): number {
  return Number(/^JAVA_VERSION="(\d+)/m.exec(release)?.[1] ?? 0);
}

/** Registries fail now and then: tries again after a pause that grows. */
async function retried<Result>(report: ReportArtifact, action: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt === attempts) throw error;
      report(`failed, trying again (attempt ${attempt + 1} of ${attempts}): ${firstLine(error)}`);
      await new Promise((resolveTimer) => setTimeout(resolveTimer, attempt * 5_000));
    }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
