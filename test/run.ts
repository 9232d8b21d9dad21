/**
 * `make test` and `make check`: runs every suite, goes on after a failure, and ends with the sum
 * `N passed, N failed`. A suite that prints no counts passes or fails as one test.
 */
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { mustRun, runCommand } from "../local/support/command.ts";
import { javaHome, retried } from "../local/images/artifacts.ts";
import { GoTests, type Counts } from "./go-tests.ts";

const root = resolve(import.meta.dirname, "..");

interface Suite {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly directory?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Takes the output line by line instead of showing it. */
  readonly onLine?: (line: string) => void;
  /** Reads the counts of a finished run; absent when the exit code is the whole result. */
  readonly count?: () => Promise<Counts>;
}

const reports = join(root, ".local", "test");

function vitest(project: string, reporter = "default"): Suite {
  const report = join(reports, `${project}.json`);
  return {
    name: `TypeScript ${project} tests`,
    command: [
      "vitest",
      "run",
      "--project",
      project,
      `--reporter=${reporter}`,
      "--reporter=json",
      `--outputFile=${report}`,
    ],
    count: async () => {
      const result = JSON.parse(await readFile(report, "utf8")) as {
        numPassedTests: number;
        numFailedTests: number;
      };
      return { passed: result.numPassedTests, failed: result.numFailedTests };
    },
  };
}

async function countSurefire(): Promise<Counts> {
  const directory = join(root, "java", "stream-job", "target", "surefire-reports");
  const counts = { passed: 0, failed: 0 };
  for (const file of await readdir(directory)) {
    if (!file.endsWith(".xml")) continue;
    const header = /<testsuite [^>]*>/.exec(await readFile(join(directory, file), "utf8"))?.[0] ?? "";
    const attribute = (name: string): number =>
      Number(new RegExp(` ${name}="(\\d+)"`).exec(header)?.[1] ?? 0);
    const failed = attribute("failures") + attribute("errors");
    counts.failed += failed;
    counts.passed += attribute("tests") - failed - attribute("skipped");
  }
  return counts;
}

const staticChecks: readonly Suite[] = [
  { name: "Format", command: ["npm", "run", "--silent", "format:check"] },
  { name: "Lint", command: ["npm", "run", "--silent", "lint"] },
  { name: "Types", command: ["npm", "run", "--silent", "types"] },
  { name: "Generated files are up to date", command: ["node", "scripts/generate.ts", "--check"] },
  {
    name: "Go format and vet",
    command: ["bash", "-c", 'test -z "$(gofmt -l .)" && go vet ./...'],
    directory: "go",
  },
];

const goTests = new GoTests();

const java17 = { JAVA_HOME: await javaHome({ minimum: 17, maximum: 17 }) };

const unitTests: readonly Suite[] = [
  vitest("unit"),
  {
    name: "Go tests",
    command: ["go", "test", "-json", "./..."],
    directory: "go",
    onLine: (line) => {
      goTests.read(line);
    },
    count: async () => goTests.counts(),
  },
  {
    name: "Java tests",
    command: ["mvn", "--quiet", "--batch-mode", "--file", "java", "test"],
    env: java17,
    count: countSurefire,
  },
];

const quickSuites: readonly Suite[] = [...staticChecks, ...unitTests];
const slowSuites: readonly Suite[] = [vitest("integration"), vitest("e2e", "verbose")];

/** What the suites need of the registries, tried again when those are in trouble, which a test must not be. */
async function fetchDependencies(): Promise<void> {
  const maven = ["--quiet", "--batch-mode", "--file", "java", "-Pengines", "-DskipTests", "verify"];
  await retried(console.log, async () => mustRun("go", ["mod", "download"], { cwd: join(root, "go") }));
  await retried(console.log, async () => mustRun("mvn", maven, { cwd: root, env: java17 }));
}

/**
 * Builds the programs of the cluster and all images, which takes minutes the first time, while the quick suites leave the
 * processor idle. What fails here fails again, with its reason, in the suite that needs it.
 */
async function buildAhead(): Promise<void> {
  await mkdir(reports, { recursive: true });
  const log = createWriteStream(join(reports, "build.log"));
  const onLine = (line: string): void => {
    log.write(`${line}\n`);
  };
  for (const program of ["local/cluster/main.ts", "local/images/main.ts"]) {
    await runCommand("nice", ["-n", "19", "node", program, "build"], { cwd: root, onLine });
  }
  log.end();
}

async function runSuite(suite: Suite): Promise<Counts> {
  console.log(`\n==> ${suite.name}`);
  const began = performance.now();
  const [program, ...args] = suite.command;
  const display = suite.onLine === undefined ? { inherit: true } : { onLine: suite.onLine };
  const { exitCode } = await runCommand(program, args, {
    cwd: join(root, suite.directory ?? ""),
    ...(suite.env === undefined ? {} : { env: suite.env }),
    ...display,
  });
  const counts = (await suite.count?.().catch(() => undefined)) ?? {
    passed: exitCode === 0 ? 1 : 0,
    failed: 0,
  };
  // A suite that failed without a failed test (a crash, a set-up that broke) still counts as one failure.
  const failed = counts.failed === 0 && exitCode !== 0 ? 1 : counts.failed;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`    ${suite.name}: ${counts.passed} passed, ${failed} failed, ${seconds} s`);
  return { passed: counts.passed, failed };
}

async function main(): Promise<void> {
  const chosen = process.argv[2] ?? "all";
  if (chosen !== "all" && chosen !== "check")
    throw new Error(`unknown set of suites "${chosen}"; known: all, check`);
  const results: { name: string; counts: Counts }[] = [];
  const runAll = async (suites: readonly Suite[]): Promise<void> => {
    for (const suite of suites) results.push({ name: suite.name, counts: await runSuite(suite) });
  };
  console.log("==> Fetching dependencies");
  await fetchDependencies();
  const building = chosen === "all" ? buildAhead() : Promise.resolve();
  await runAll(quickSuites);
  if (chosen === "all") {
    console.log("\n==> Waiting until programs and images are built (.local/test/build.log)");
    await building;
    await runAll(slowSuites);
  }
  const sum = (key: keyof Counts): number => results.reduce((total, result) => total + result.counts[key], 0);
  const broken = results.filter((result) => result.counts.failed > 0).map((result) => result.name);
  if (broken.length > 0) console.log(`\nFailed: ${broken.join(", ")}`);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

await main();
