/**
 * Starts Kafka, S3, the Iceberg catalog and a Kubernetes API server once for all integration tests and hands their
 * addresses to the tests: `inject("engines")`, `inject("apiServer")`. Everything ends with the test run.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startApiServer, type ApiServerAccess } from "./api-server.ts";
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
    apiServer: ApiServerAccess;
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
  try {
    const [engines, apiServer] = await allStarted(
      startEngines(directory, running),
      startAccess(directory, running),
    );
    project.provide("engines", engines);
    project.provide("apiServer", apiServer);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return async () => {
    await running.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

/** Waits for both before it fails: a start that is still under way could not be stopped. */
async function allStarted<Left, Right>(left: Promise<Left>, right: Promise<Right>): Promise<[Left, Right]> {
  const [first, second] = await Promise.allSettled([left, right]);
  if (first.status === "rejected") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  return [first.value, second.value];
}

async function startEngines(directory: string, running: RunningEngines): Promise<EngineAddresses> {
  const [kafka, lake] = await allStarted(
    running.keep(startKafka({ directory: join(directory, "kafka"), report })),
    startLake(directory, running),
  );
  return { kafka: { bootstrapServers: [kafka.address] }, ...lake, directory };
}

async function startAccess(directory: string, running: RunningEngines): Promise<ApiServerAccess> {
  const server = await running.keep(startApiServer({ directory: join(directory, "kubernetes"), report }));
  const { url, kubeconfig, token, certificateAuthority } = server;
  return { url, kubeconfig, token, certificateAuthority };
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
