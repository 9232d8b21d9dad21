/** Builds Go programs, all with one set of flags, so that what two of them share is compiled once. */
import { mustRun } from "./command.ts";
import { retried } from "./retry.ts";

/** A Go program and where to put it. */
export interface GoBuild {
  /** What is built, as progress and errors call it. */
  readonly title: string;
  /** Folder of the Go module that builds it. */
  readonly module: string;
  /** Package to build: an import path, or a path in the module such as `./cmd/collector`. */
  readonly package: string;
  /** Path of the program. */
  readonly output: string;
  /** For the linker, beside those that leave out what only a debugger reads. */
  readonly linkerFlags?: string;
}

/** What every build of a Go program here has in its environment: no C library, and the versions of go.mod. */
export const goEnvironment = { CGO_ENABLED: "0", GOFLAGS: "-trimpath -mod=readonly" };

/** Compiles with low priority; tries again when the module proxy was in trouble, since what was fetched stays. */
export async function goBuild(build: GoBuild, report: (message: string) => void): Promise<void> {
  const flags = `-ldflags=-s -w ${build.linkerFlags ?? ""}`.trimEnd();
  const args = ["build", "-v", "-buildvcs=false", flags, "-o", build.output, build.package];
  report(`building ${build.title}`);
  await retried(report, async () =>
    mustRun("nice", ["-n", "5", "go", ...args], {
      cwd: build.module,
      env: goEnvironment,
      onLine: packageCounter(build.title, report),
    }),
  );
}

/** Tells after each hundred packages how far a build is. */
function packageCounter(title: string, report: (message: string) => void): (line: string) => void {
  let packages = 0;
  return (line) => {
    if (line.startsWith("go: ")) return;
    packages += 1;
    if (packages % 100 === 0) report(`building ${title}: ${packages} packages compiled`);
  };
}
