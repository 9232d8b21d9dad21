/**
 * What the images are made of, fetched or built through the package clients (Maven, Go) into the cache. The integration
 * tests run the engines from the same artifacts as plain processes.
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../support/command.ts";
import { cached, hashOf, hashOfPath } from "../support/cache.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { goBuild } from "../support/go-build.ts";
import { retried } from "../support/retry.ts";

const imagesFolder = join(checkoutFolder, "images");
const dependencyPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

/** Tells what is being fetched or built; called only when something really is. */
export type ReportArtifact = (message: string) => void;

/** A file or folder that is built or fetched when it is needed. */
export interface Artifact {
  /** Changes exactly when the content changes. Computing it fetches nothing. */
  readonly key: string;
  /** Fetches or builds it, unless the cache has it, and returns its path. */
  readonly provide: (report: ReportArtifact) => Promise<string>;
}

/** The artifacts that `images/<name>/pom.xml` lists, all in one folder. */
export async function mavenArtifacts(name: string): Promise<Artifact> {
  const pom = join(imagesFolder, name, "pom.xml");
  const key = await hashOfPath(pom);
  return {
    key,
    provide: async (report) =>
      cached({ thing: `${name}-artifacts`, key }, async (directory) => {
        report(`fetching the artifacts of ${name} through Maven`);
        await copyDependencies({ pom }, directory, report);
      }),
  };
}

/** Copies the run-time dependencies of a Maven project, and all that those depend on, into a folder. */
export async function copyDependencies(
  { pom, options = [] }: MavenProject,
  directory: string,
  report: ReportArtifact,
): Promise<void> {
  const goal = [...options, `${dependencyPlugin}:copy-dependencies`];
  const parameters = [`-DoutputDirectory=${directory}`, "-DincludeScope=runtime"];
  await retried(report, async () => mustRun("mvn", ["-q", "-B", "-ntp", "-f", pom, ...goal, ...parameters]));
}

interface MavenProject {
  readonly pom: string;
  /** Of Maven, such as the module of the project that is meant. */
  readonly options?: readonly string[];
}

/** A Go program to build. */
export interface GoProgram {
  /** Name of the cache entry and of the binary. */
  readonly name: string;
  /** Folder of the Go module that builds it. */
  readonly module: string;
  /** Package to build: an import path, or a path in the module such as `./cmd/collector`. */
  readonly package: string;
}

/** A Go program built without cgo, so that it runs in an image without a C library. */
export async function goBinary(program: GoProgram): Promise<Artifact> {
  const compiler = (await mustRun("go", ["env", "GOVERSION"], { cwd: program.module })).trim();
  const source = await hashOfPath(program.module, (name) => name.endsWith("_test.go") || name === "testdata");
  const key = hashOf({ source, compiler, package: program.package });
  return {
    key,
    provide: async (report) => {
      const directory = await cached({ thing: program.name, key }, async (building) => {
        const { name: title, ...build } = program;
        await goBuild({ title, ...build, output: join(building, title) }, report);
      });
      return join(directory, program.name);
    },
  };
}

/** The S3 server, built from `images/versitygw/go.mod`. */
export async function versitygwBinary(): Promise<Artifact> {
  const module = join(imagesFolder, "versitygw");
  return goBinary({ name: "versitygw", module, package: "github.com/versity/versitygw/cmd/versitygw" });
}

/** Which JDKs will do. */
export interface JavaVersions {
  readonly minimum: number;
  readonly maximum: number;
}

/** Home of a JDK among the versions given, from JAVA_HOME or the usual places. */
export async function javaHome(versions: JavaVersions): Promise<string> {
  const candidates = [process.env["JAVA_HOME"] ?? ""];
  for (const folder of ["/usr/lib/jvm", "/opt/java"]) {
    if (existsSync(folder))
      candidates.push(...(await readdir(folder)).sort().map((name) => join(folder, name)));
  }
  for (const candidate of candidates) {
    if (!existsSync(join(candidate, "bin", "javac"))) continue;
    const version = javaMajor(await readFile(join(candidate, "release"), "utf8").catch(() => ""));
    if (version >= versions.minimum && version <= versions.maximum) return candidate;
  }
  const wanted = `${versions.minimum} to ${versions.maximum}`;
  throw new Error(`no JDK of version ${wanted} in JAVA_HOME, /usr/lib/jvm or /opt/java`);
}

/** The major version in the text of a JDK's `release` file; 0 when it names none. */
export function javaMajor(release: string): number {
  return Number(/^JAVA_VERSION="(\d+)/m.exec(release)?.[1] ?? 0);
}
