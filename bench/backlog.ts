/**
 * The stream job with its default resources behind a backlog: Kafka holds the events while no job runs, then driver and one executor work
 * them off, each a process in a control group with the memory limit of its container. `BACKLOG=500000` says how
 * many events, `BACKLOG_SECONDS` when to give up, `BACKLOG_JVM` gives both JVMs further options, `BACKLOG_KEEP=1` keeps the folder with logs and data.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { javaHome } from "../local/images/artifacts.ts";
import { sparkDistribution } from "../local/images/distributions.ts";
import { checkoutFolder } from "../local/support/checkout.ts";
import { mustRun } from "../local/support/command.ts";
import { RunningEngines, type EngineAddresses } from "../test/support/engine-set.ts";
import { freePorts, startProgram } from "../test/support/process.ts";
import { backlogConfiguration, type BacklogConfiguration } from "./backlog-configuration.ts";
import type { Figure } from "./figures.ts";
import { MemoryGroup } from "./memory-group.ts";

const EVENTS = Number(process.env["BACKLOG"] ?? "5000000");
/** Real visitors make some dozen events a day. */
const VISITORS = Math.ceil(EVENTS / 20);
const DEADLINE_MS = Number(process.env["BACKLOG_SECONDS"] ?? "3600") * 1000;
/** Then nothing will come of it. */
const MOST_LOST = 10;
const SAMPLE_MS = 100;
const POLL_MS = 500;
const java = join(checkoutFolder, "java");

interface Progress {
  readonly state: string;
  readonly message: string;
  readonly lag?: number | null;
  readonly rows: { readonly stored: number; readonly failed: number; readonly duplicate: number };
  readonly executorsLost?: number;
  readonly lastExecutorLoss?: string;
}

/** Of a batch, as Spark tells it. */
interface BatchFigures {
  readonly stateOperators: readonly { readonly customMetrics: { readonly rocksdbSstFileSize?: number } }[];
}

export async function measureBacklog(): Promise<readonly Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), "openclickstream-backlog-"));
  const report = (message: string): void => {
    console.error(`backlog: ${message}`);
  };
  const running = new RunningEngines(directory, report);
  try {
    const engines = await running.start();
    const run = new BacklogRun(directory, backlogConfiguration(engines), engines);
    await run.prepare(report);
    return await run.measure(report);
  } finally {
    await running.stop();
    if (process.env["BACKLOG_KEEP"] === undefined) await rm(directory, { recursive: true, force: true });
    else report(`everything is kept in ${directory}`);
  }
}

class BacklogRun {
  readonly #directory: string;
  readonly #configuration: BacklogConfiguration;
  readonly #engines: EngineAddresses;
  #spark = "";
  #java = "";

  constructor(directory: string, configuration: BacklogConfiguration, engines: EngineAddresses) {
    this.#directory = directory;
    this.#configuration = configuration;
    this.#engines = engines;
  }

  /** Builds the job, makes topic and tables, and fills the topic. */
  async prepare(report: (message: string) => void): Promise<void> {
    this.#spark = join(this.#directory, "spark-home");
    await mkdir(this.#spark);
    const distribution = await (await sparkDistribution()).provide(report);
    // Spark's worker writes into its home.
    for (const name of await readdir(distribution))
      await symlink(join(distribution, name), join(this.#spark, name));
    this.#java = await javaHome({ minimum: 17, maximum: 17 });
    report("building the stream job");
    const goals = [
      "-q",
      "-B",
      "-f",
      join(java, "pom.xml"),
      "-pl",
      "stream-job",
      "-am",
      "-DskipTests",
      "package",
    ];
    await mustRun("mvn", goals, { env: { JAVA_HOME: this.#java } });
    const engines = join(this.#directory, "engines.json");
    await writeFile(engines, JSON.stringify(this.#engines), { mode: 0o600 });
    report(`filling the topic with ${EVENTS} events`);
    const { topic, partitions, database, tablePrefix } = this.#configuration;
    await mustRun(join(this.#java, "bin", "java"), [
      ...["-Xmx512m", `-Dengines=${engines}`, "-cp", `${this.#testClasses()}:${this.#spark}/jars/*`],
      "io.openclickstream.stream.engines.Backlog",
      ...[String(EVENTS), String(VISITORS), topic, String(partitions), database, tablePrefix],
    ]);
  }

  #testClasses(): string {
    return [
      join(java, "stream-job/target/test-classes"),
      join(java, "testing/target/classes"),
      join(java, "stream-job/target/stream-job.jar"),
    ].join(":");
  }

  async measure(report: (message: string) => void): Promise<readonly Figure[]> {
    const { driverLimit, executorLimit } = this.#configuration;
    const suffix = String(process.pid);
    const driver = await MemoryGroup.make(`openclickstream-backlog-driver-${suffix}`, driverLimit);
    const executor = await MemoryGroup.make(`openclickstream-backlog-executor-${suffix}`, executorLimit);
    try {
      return await this.#workOff({ driver, executor }, report);
    } finally {
      await driver.remove();
      await executor.remove();
    }
  }

  async #workOff(groups: Groups, report: (message: string) => void): Promise<readonly Figure[]> {
    const [port = 0] = await freePorts(1);
    const stopSampling = [groups.driver.sampleEvery(SAMPLE_MS), groups.executor.sampleEvery(SAMPLE_MS)];
    const began = performance.now();
    const job = await this.#startJob(groups, port);
    try {
      const progress = await awaitCaughtUp(port, groups, report);
      const seconds = (performance.now() - began) / 1000;
      const { stored, failed, duplicate } = progress.rows;
      const done = stored + failed + duplicate;
      return [
        {
          name: `backlog of ${EVENTS} events, with the start of the job`,
          value: `${done} worked off in ${seconds.toFixed(0)} s, ${(done / seconds).toFixed(0)} a second`,
        },
        await memoryFigure("driver", groups.driver),
        await memoryFigure("executor", groups.executor),
        { name: "backlog, executors lost", value: String(progress.executorsLost ?? 0), aim: "0" },
        ...(await this.#stateFigures(stored + failed)),
      ];
    } finally {
      for (const stop of stopSampling) stop();
      await job.stop();
    }
  }

  async #startJob(groups: Groups, port: number): Promise<{ readonly stop: () => Promise<void> }> {
    const { storage } = this.#engines;
    const home = join(this.#directory, "executor-java");
    await mkdir(join(home, "bin"), { recursive: true });
    const wrapper = join(home, "bin", "java");
    const command = groups.executor.running([join(this.#java, "bin", "java")]).map((word) => `'${word}'`);
    await writeFile(wrapper, `#!/bin/sh\nexec ${command.join(" ")} "$@"\n`);
    await chmod(wrapper, 0o755);
    const work = join(this.#directory, "work");
    await mkdir(work);
    const properties: Record<string, string> = {
      ...this.#configuration.sparkProperties,
      "spark.executorEnv.JAVA_HOME": home,
      "spark.local.dir": join(this.#directory, "spark"),
      "spark.driver.extraClassPath": join(java, "stream-job/target/test-classes"),
      "spark.sql.streaming.streamingQueryListeners": "io.openclickstream.stream.engines.ProgressFile",
    };
    const logging = `-Dlog4j2.configurationFile=${join(this.#spark, "conf", "log4j2.properties")}`;
    properties["spark.driver.extraJavaOptions"] += ` -Dprogress.file=${this.#progressFile()} ${logging}`;
    for (const name of ["driver", "executor"])
      properties[`spark.${name}.extraJavaOptions`] += ` ${process.env["BACKLOG_JVM"] ?? ""}`;
    const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(work, "spark.properties"), lines.join(""));
    await writeFile(join(work, "job.json"), this.#configuration.jobJson);
    const submit = [
      join(this.#spark, "bin", "spark-submit"),
      "--properties-file",
      join(work, "spark.properties"),
    ];
    return startProgram({
      name: "stream job",
      command: groups.driver.running([
        ...submit,
        ...["--class", "io.openclickstream.stream.Main"],
        ...[join(java, "stream-job/target/stream-job.jar"), join(work, "job.json")],
      ]),
      env: {
        JAVA_HOME: this.#java,
        SPARK_HOME: this.#spark,
        SPARK_LOCAL_HOSTNAME: "127.0.0.1",
        AWS_ACCESS_KEY_ID: storage.accessKeyId,
        AWS_SECRET_ACCESS_KEY: storage.secretAccessKey,
        AWS_REGION: storage.region,
        HTTP_PORT: String(port),
        TERMINATION_LOG: join(work, "termination"),
      },
      cwd: work,
      logFile: join(this.#directory, "job.log"),
      deadlineSeconds: 600,
      isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok,
    });
  }

  #progressFile(): string {
    return join(this.#directory, "progress.jsonl");
  }

  /** Bytes of each state: the dedup keeps every event identifier, the sessions every visitor. */
  async #stateFigures(identifiers: number): Promise<readonly Figure[]> {
    const batches = (await readFile(this.#progressFile(), "utf8")).trimEnd().split("\n");
    const last = JSON.parse(batches.at(-1) ?? "") as BatchFigures;
    const bucket = join(this.#directory, "s3", "buckets", this.#engines.storage.bucket);
    const state = join(bucket, this.#configuration.checkpoint, "state");
    // Spark numbers them from the end of the query.
    const states = ["visitor", "event identifier"].map(async (thing, number) => {
      const { rocksdbSstFileSize: disk = 0 } = last.stateOperators[number]?.customMetrics ?? {};
      const s3 = await bytesBelow(join(state, String(number)));
      const rows = thing === "visitor" ? VISITORS : identifiers;
      const value = `${bytesEach(disk, rows)} of disk, ${bytesEach(s3, rows)} of S3 (${rows} of them)`;
      return { name: `backlog, state of a ${thing}`, value };
    });
    return Promise.all(states);
  }
}

interface Groups {
  readonly driver: MemoryGroup;
  readonly executor: MemoryGroup;
}

async function awaitCaughtUp(
  port: number,
  groups: Groups,
  report: (message: string) => void,
): Promise<Progress> {
  const deadline = performance.now() + DEADLINE_MS;
  let told = 0;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/progress`);
    const progress = (await response.json()) as Progress;
    if ((progress.executorsLost ?? 0) > MOST_LOST)
      throw new Error(`executors die one after the other: ${progress.lastExecutorLoss ?? ""}`);
    if (progress.state === "FAILED") throw new Error(`the stream job failed: ${progress.message}`);
    if (progress.lag === 0) return progress;
    if (performance.now() > deadline) {
      report(`given up after ${DEADLINE_MS / 1000} s with a lag of ${String(progress.lag)}`);
      return progress;
    }
    if (performance.now() > told + 30_000) {
      told = performance.now();
      report(
        `lag ${String(progress.lag)}, driver ${peakOf(groups.driver)}, executor ${peakOf(groups.executor)}, lost ${String(progress.executorsLost)}`,
      );
    }
    await sleep(POLL_MS);
  }
}

function peakOf({ peak, limitMebibytes }: MemoryGroup): string {
  return `${peak.resident.toFixed(0)} (working set ${peak.workingSet.toFixed(0)}) of ${limitMebibytes} MiB`;
}

async function memoryFigure(name: string, group: MemoryGroup): Promise<Figure> {
  return {
    name: `backlog, peak memory of the ${name}`,
    value: `${peakOf(group)}, kills: ${String(await group.kills())}`,
    aim: "no kill",
  };
}

async function bytesBelow(folder: string): Promise<number> {
  const sizes = (await mustRun("find", [folder, "-type", "f", "-printf", "%s\\n"])).trim().split("\n");
  return sizes.reduce((sum, size) => sum + Number(size), 0);
}

function bytesEach(bytes: number, count: number): string {
  return `${(bytes / count).toFixed(1)} bytes`;
}
