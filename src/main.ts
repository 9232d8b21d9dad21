/** The operator process: settings, connections, the table of controllers, start and stop. */
import { randomUUID } from "node:crypto";
import { ConfigError, parseConfig } from "./config.ts";
import type { OperatorConfig } from "./config.ts";
import { createClickstreamPipelineController } from "./controllers/clickstream-pipeline/controller.ts";
import { createDataPlatformController } from "./controllers/data-platform/controller.ts";
import { createEventStreamController } from "./controllers/event-stream/controller.ts";
import { createLakeTableController } from "./controllers/lake-table/controller.ts";
import { createQueryClusterController } from "./controllers/query-cluster/controller.ts";
import { CachingProber } from "./targets/trino/prober.ts";
import { PlatformReader } from "./platform/platform.ts";
import { getSecretsOver, SecretReader } from "./platform/secret-reader.ts";
import { loadConnection } from "./runtime/http/connection.ts";
import { startHealthServer } from "./runtime/http/http-server.ts";
import { createLogger } from "./runtime/logger.ts";
import { createMetrics } from "./runtime/metrics.ts";
import { Operator } from "./runtime/operator.ts";
import type { RestClient } from "./runtime/http/rest-client.ts";
import { createRestClient } from "./runtime/http/rest-client.ts";
import { JsonClient } from "./targets/http/json-client.ts";
import { createSystemClients } from "./targets/clients.ts";

/** What controllers share: how Secrets and platforms are read, and connections that are made once and closed at the end. */
function createClients(rest: RestClient) {
  const http = new JsonClient();
  const secrets = new SecretReader(getSecretsOver(rest));
  return {
    http,
    prober: new CachingProber(http),
    secrets,
    platforms: new PlatformReader(secrets),
    systems: createSystemClients(),
  };
}

type Clients = ReturnType<typeof createClients>;

/** All kinds. To add one, write its controller and name it here. */
function registerControllers(operator: Operator, config: OperatorConfig, clients: Clients): void {
  const { images } = config;
  const { http, prober, secrets, platforms } = clients;
  const systems = { platforms, clients: clients.systems };
  operator.register(createDataPlatformController(systems));
  operator.register(createEventStreamController(systems));
  operator.register(createLakeTableController(systems));
  operator.register(createClickstreamPipelineController({ images, client: http, ...systems }));
  operator.register(createQueryClusterController({ images, prober, secrets, platforms }));
}

/** Runs until a signal or the loss of the lease; resolves with the exit code. */
async function run(config: OperatorConfig): Promise<number> {
  const logger = createLogger(config.logLevel);
  const metrics = createMetrics({ processMetrics: true });
  const connection = loadConnection();
  const rest = createRestClient(connection, metrics);
  const operator = new Operator({
    rest,
    metrics,
    logger,
    watchNamespaces: config.watchNamespaces,
    resyncSeconds: config.resyncSeconds,
    instance: config.podName,
    ...(config.leaderElection && {
      election: { namespace: config.podNamespace, identity: `${config.podName}_${randomUUID()}` },
    }),
  });
  const clients = createClients(rest);
  registerControllers(operator, config, clients);
  const health = await startHealthServer(config.httpPort, operator);
  logger.info({ server: connection.server, port: health.port, images: config.images }, "Starting");
  stopOnSignals((signal) => {
    logger.info({ signal }, "Stopping");
    return operator.stop(config.shutdownGraceSeconds);
  });
  const end = await operator.run();
  if (end.kind === "lost") return 1;
  await Promise.all([health.close(), clients.http.close(), clients.systems.closeAll()]);
  await connection.close();
  logger.info("Stopped");
  return 0;
}

/** The first signal stops gracefully, the second at once. */
function stopOnSignals(stop: (signal: string) => Promise<void>): void {
  let hasStopped = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (hasStopped) process.exit(1);
      hasStopped = true;
      void stop(signal);
    });
  }
}

try {
  process.exit(await run(parseConfig(process.env)));
} catch (error) {
  const message = error instanceof ConfigError ? error.message : error;
  createLogger("info").fatal({ err: message }, "The operator cannot run");
  process.exit(1);
}
