/** The tasks of `make test` and `make check`, and what each needs. Of tasks that could start, the first of the list does. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { javaHome } from "../../local/images/artifacts.ts";
import { goEnvironment } from "../../local/support/go-build.ts";
import { checkoutFolder as root } from "../../local/support/checkout.ts";
import { readMavenReports, readVitestReport } from "./counts.ts";
import { GoTests } from "./go-tests.ts";
import type { Task } from "./task.ts";

export const logs = join(root, ".local", "test");

/** A suite of tests of which some can be chosen. */
export type Suite =
  | "TypeScript unit tests"
  | "TypeScript integration tests"
  | "Browser tests"
  | "Docker tests"
  | "End-to-end tests"
  | "Go tests"
  | "Go tests with engines"
  | "Java tests"
  | "Java tests with engines";

/** The arguments with which suites run some of their tests. A suite that is not named runs all. */
export type Choices = Partial<Record<Suite, readonly string[]>>;

const accessLog = process.env["ACCESS_LOG"] ?? resolve(root, "../shared/data/access.log");
const userAgents = resolve(root, "../shared/data/uap-test-device.yaml");
/** What unit tests in Java read of real data; where it lies beside the checkout. */
const sharedData = [`-Daccess.log=${accessLog}`, `-Duap.devices=${userAgents}`].filter((property) =>
  existsSync(property.replace(/^[^=]*=/, "")),
);
const java17 = { JAVA_HOME: await javaHome({ minimum: 17, maximum: 17 }) };
const maven = ["mvn", "--quiet", "--batch-mode", "--file", "java"] as const;
/** When a test fails, the modules that do not stand on its module are tested all the same. */
const mavenOfTests = [...maven, "--fail-at-end"] as const;
/** With the flags that the images are built with, so that no package is compiled twice. */
const inGo = { directory: "go", env: goEnvironment };

function vitest(project: string, chosen: readonly string[] = []): Pick<Task, "command" | "count" | "env"> {
  const report = join(logs, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
  return {
    command: ["vitest", "run", "--project", project, ...reporters, ...chosen],
    // Without it vitest writes a golden file that is missing, and lets `.only` leave out the other tests.
    env: { CI: "1" },
    count: async () => readVitestReport(report, root),
  };
}

function goTests(): Pick<Task, "filter" | "count"> {
  const tests = new GoTests();
  return { filter: (line) => tests.read(line), count: async () => tests.counts() };
}

function mavenTests(plugin: "surefire" | "failsafe"): Pick<Task, "count" | "env"> {
  const pattern = `*/target/${plugin}-reports/TEST-*.xml`;
  return { count: async (began) => readMavenReports(pattern, join(root, "java"), began), env: java17 };
}

const staticChecks: readonly Task[] = [
  { name: "Lint", command: ["eslint", "."] },
  { name: "Types", command: ["tsc", "--noEmit"] },
  { name: "Imports", command: ["npm", "run", "--silent", "imports"] },
  { name: "Unused code", command: ["npm", "run", "--silent", "unused"] },
  { name: "Format", command: ["prettier", "--check", "--log-level", "warn", "."] },
  { name: "Generated files", command: ["node", "scripts/generate.ts", "--check"] },
  {
    name: "Go format and vet",
    needs: ["Go modules"],
    command: ["bash", "-c", 'test -z "$(gofmt -l .)" && go vet -tags integration ./...'],
    ...inGo,
    inputs: ["go", "contracts"],
  },
];

/** The static checks with the caches of the tools, for `make check`. */
const caches = join(root, ".local", "check");
const cachedChecks = staticChecks.map((task): Task => {
  const options: Readonly<Record<string, readonly string[]>> = {
    // What ESLint says about a file may change when a file that it imports changes; `make test` checks all of them again.
    Lint: ["--cache", "--cache-strategy", "content", "--cache-location", join(caches, "eslint")],
    Types: ["--incremental", "--tsBuildInfoFile", join(caches, "types.tsbuildinfo")],
    Format: ["--cache", "--cache-strategy", "content", "--cache-location", join(caches, "prettier")],
  };
  return { ...task, command: [...task.command, ...(options[task.name] ?? [])] };
});

/** What the tests in Go and Java need of the registries. */
const fetched: readonly Task[] = [
  {
    name: "Go modules",
    slots: 0,
    command: ["go", "mod", "download"],
    ...inGo,
    fetches: true,
    count: "none",
  },
  {
    // Everything but running the tests, also those with engines: Maven fetches what that needs and compiles once for all.
    name: "Java build",
    command: [...maven, "-Pengines", "-DskipTests", "verify"],
    env: java17,
    fetches: true,
    count: "none",
  },
];

function unitTests(choices: Choices): readonly Task[] {
  return [
    {
      name: "Java tests",
      needs: ["Java build"],
      command: [...mavenOfTests, "test", ...sharedData, ...(choices["Java tests"] ?? [])],
      ...mavenTests("surefire"),
      inputs: ["java", "contracts"],
    },
    { name: "TypeScript unit tests", ...vitest("unit", choices["TypeScript unit tests"]) },
    {
      name: "Go tests",
      needs: ["Go modules"],
      command: ["go", "test", "-json", ...(choices["Go tests"] ?? ["./..."])],
      ...inGo,
      ...goTests(),
      inputs: ["go", "contracts"],
    },
  ];
}

/** What runs as plain processes in tests. */
const engines = ["kafka", "postgresql", "iceberg-rest", "nessie", "versitygw", "trino", "hbase"];

/** What the tests with engines and the cluster are started from, the longest first. */
const built: readonly Task[] = [
  { name: "Cluster programs", command: ["node", "local/cluster/main.ts", "programs"], count: "none" },
  {
    name: "Debian packages",
    slots: 0,
    command: ["node", "local/cluster/main.ts", "install"],
    fetches: true,
    count: "none",
  },
  {
    name: "Engine artifacts",
    // Both fetch from Debian, and apt lets one of them at its lists at a time.
    after: ["Debian packages"],
    command: ["node", "local/images/main.ts", "artifacts", ...engines],
    fetches: true,
    count: "none",
  },
];

const pythonPackages: Task = {
  name: "Python packages",
  needs: ["Debian packages"],
  command: ["node", "test/support/python-packages.ts"],
  fetches: true,
  count: "none",
};

/** The service that the operator asks about HBase, which the integration tests run as a process. */
const hbaseAdmin: Task = {
  name: "HBase administration",
  // As for the images: Maven alone fills its repository.
  after: ["Engine artifacts", "Java build"],
  command: ["node", "local/images/main.ts", "artifacts", "hbase-admin"],
  fetches: true,
  count: "none",
};

const plugin: Task = {
  name: "kubectl plugin",
  needs: ["Go modules"],
  after: ["Cluster programs"],
  command: ["node", "local/deploy/plugin.ts"],
  count: "none",
};

const images: Task = {
  name: "Images",
  needs: ["Debian packages"],
  // Two Mavens that fill the local repository at the same time may read each other's half-written files.
  after: ["Cluster programs", "Engine artifacts", "Java build", "HBase administration"],
  command: ["node", "local/images/main.ts", "build"],
  count: "none",
};

/** They start Kafka, S3, the catalog and an API server as processes, and need no image. */
function engineTests(choices: Choices): readonly Task[] {
  return [
    {
      name: "TypeScript integration tests",
      needs: ["Cluster programs", "Engine artifacts", "HBase administration", "Python packages"],
      ...vitest("integration", choices["TypeScript integration tests"]),
    },
    {
      name: "Java tests with engines",
      needs: ["Java build", "Engine artifacts"],
      after: ["Java tests"],
      command: [
        "node",
        ...["test/support/with-engines.ts", "lake", "trino", "secured-kafka", "hbase-jars", "--"],
        ...["bash", "-c", 'exec "$@" -Dengines="$ENGINES_FILE"', "bash", ...mavenOfTests, "-Pengines"],
        ...["verify", `-Daccess.log=${accessLog}`, ...(choices["Java tests with engines"] ?? [])],
      ],
      ...mavenTests("failsafe"),
    },
    {
      name: "Browser tests",
      needs: ["Debian packages", "Engine artifacts", "Go modules"],
      ...vitest("browser", choices["Browser tests"]),
    },
    {
      name: "Go tests with engines",
      needs: ["Go modules", "Engine artifacts"],
      command: [
        "node",
        ...["../test/support/with-engines.ts", "secured-kafka", "kafka-jars", "--"],
        ...["go", "test", "-json", "-tags", "integration", "-count=1"],
        ...(choices["Go tests with engines"] ?? ["./internal/integration"]),
      ],
      ...inGo,
      ...goTests(),
    },
  ];
}

/** They build every image once more, from the artifacts that are there by then. */
function dockerTests(choices: Choices): Task {
  return {
    name: "Docker tests",
    needs: ["Debian packages", "Images"],
    ...vitest("docker", choices["Docker tests"]),
  };
}

/** One journey on the local cluster, whose pods share the machine with one other task at a time. */
function endToEnd(choices: Choices): Task {
  return {
    name: "End-to-end tests",
    needs: ["Cluster programs", "Debian packages", "Images", "Python packages", "kubectl plugin"],
    isUrgent: true,
    // A step that fails leaves nothing for the next to stand on.
    ...vitest("e2e", ["--bail=1", ...(choices["End-to-end tests"] ?? [])]),
  };
}

/** Everything: the long way to the cluster first, then all else beside its tests. */
export function allTasks(choices: Choices = {}): readonly Task[] {
  return [
    ...built,
    ...fetched,
    pythonPackages,
    hbaseAdmin,
    plugin,
    images,
    endToEnd(choices),
    ...unitTests(choices),
    ...engineTests(choices),
    ...staticChecks,
    dockerTests(choices),
  ];
}

/** What `make check` runs: all that needs no engine and no image. */
export function quickTasks(): readonly Task[] {
  return [...fetched, ...unitTests({}), ...cachedChecks];
}

/** The suites of the choices with what they need, and nothing else. */
export function chosenTasks(choices: Choices): readonly Task[] {
  return withNeeds(allTasks(choices), new Set(Object.keys(choices)));
}

/** The tasks without some that would pass again, and without the downloads that only those need. */
export function tasksWithout(tasks: readonly Task[], leftOut: readonly Task[]): readonly Task[] {
  const kept = tasks.filter((task) => !leftOut.includes(task) && !fetched.includes(task));
  return withNeeds(tasks, new Set(kept.map(({ name }) => name)));
}

function withNeeds(tasks: readonly Task[], names: Set<string>): readonly Task[] {
  // A few rounds find also what the needed ones need.
  for (let size = 0; size !== names.size;) {
    size = names.size;
    for (const task of tasks) if (names.has(task.name)) task.needs?.forEach((need) => names.add(need));
  }
  return tasks
    .filter(({ name }) => names.has(name))
    .map((task) => ({ ...task, after: (task.after ?? []).filter((name) => names.has(name)) }));
}
