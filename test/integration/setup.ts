/**
 * Starts Kafka, S3 and the Iceberg catalog once for all integration tests and hands their addresses to the tests:
 * `const engines = inject("engines")`. Everything ends with the test run.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startKafka, startNessie, startVersitygw, type BucketAccess, type Engine } from "./engines.ts";

/** Where the engines of this test run are. */
export interface EngineAddresses {
  readonly kafka: {
    /** `127.0.0.1:port`, one entry. */
    readonly bootstrapServers: readonly string[];
  };
  readonly storage: BucketAccess;
  readonly catalog: {
    /** Iceberg REST URI. */
    readonly uri: string;
  };
  /** Folder of this run with the logs of the engines. */
  readonly directory: string;
}

declare module "vitest" {
  interface ProvidedContext {
    engines: EngineAddresses;
  }
}

/** What was started and has to be stopped, also when a later start fails. */
class RunningEngines {
  readonly #engines: Pick<Engine, "stop">[] = [];

  async keep<Started extends Pick<Engine, "stop">>(starting: Promise<Started>): Promise<Started> {
    const started = await starting;
    this.#engines.push(started);
    return started;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#engines.map(async (engine) => engine.stop()));
  }
}

/** Called by vitest before the first integration test; what it returns runs after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "openclickstream-integration-"));
  const running = new RunningEngines();
  const starting = [startEngines(directory, running)] as const;
  // All starts settle before anything is stopped: a start that is still under way would be left running.
  const [engines] = await Promise.allSettled(starting);
  if (engines.status === "rejected") {
    await running.stop();
    throw engines.reason;
  }
  project.provide("engines", engines.value);
  return async () => {
    await running.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

async function startEngines(directory: string, running: RunningEngines): Promise<EngineAddresses> {
  const [kafka, lake] = await Promise.allSettled([
    running.keep(startKafka({ directory: join(directory, "kafka"), report })),
    startLake(directory, running),
  ]);
  if (kafka.status === "rejected") throw kafka.reason;
  if (lake.status === "rejected") throw lake.reason;
  return { kafka: { bootstrapServers: [kafka.value.address] }, ...lake.value, directory };
}

async function startLake(
  directory: string,
  running: RunningEngines,
): Promise<Pick<EngineAddresses, "storage" | "catalog">> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = await running.keep(
    startVersitygw({ directory: join(directory, "s3"), report }),
  );
  const storage = { endpoint, region, bucket, accessKeyId, secretAccessKey };
  const nessie = await running.keep(startNessie({ directory: join(directory, "nessie"), storage, report }));
  return { storage, catalog: { uri: nessie.uri } };
}

function report(message: string): void {
  console.log(`integration tests: ${message}`);
}
