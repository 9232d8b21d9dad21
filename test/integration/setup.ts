/**
 * Starts Kafka, S3, the Iceberg catalogs and a Kubernetes API server with our definitions once for all integration tests and
 * hands their addresses to the tests: `inject("engines")`, `inject("nessie")`, `inject("apiServer")`. Everything ends with the test run.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startApiServer, type ApiServerAccess } from "../support/api-server.ts";
import { ApiRequests, installDefinitions } from "../support/api-requests.ts";
import { allStarted, RunningEngines, type EngineAddresses } from "../support/engine-set.ts";

declare module "vitest" {
  interface ProvidedContext {
    engines: EngineAddresses;
    /** A second catalog, which keeps no history. */
    nessie: EngineAddresses["catalog"];
    apiServer: ApiServerAccess;
  }
}

/** Called by vitest before the first integration test; what it returns runs after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "openclickstream-integration-"));
  const running = new RunningEngines(directory, report);
  try {
    const [engines, apiServer] = await allStarted(running.start(), startAccess(directory, running));
    project.provide("engines", engines);
    project.provide("nessie", await running.startNessie(engines));
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

async function startAccess(directory: string, running: RunningEngines): Promise<ApiServerAccess> {
  const server = await running.keep(startApiServer({ directory: join(directory, "kubernetes"), report }));
  const { url, kubeconfig, token, certificateAuthority } = server;
  const access = { url, kubeconfig, token, certificateAuthority };
  const requests = new ApiRequests(access);
  await installDefinitions(requests).finally(async () => requests.close());
  return access;
}

function report(message: string): void {
  console.log(`integration tests: ${message}`);
}
