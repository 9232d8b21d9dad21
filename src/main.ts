/** The operator process: settings, connections, start and stop. */
import { randomUUID } from "node:crypto";
import { ConfigError, parseConfig } from "./config.ts";
import type { OperatorConfig } from "./config.ts";
import { registerControllers } from "./controllers/all.ts";
import { loadConnection } from "./runtime/http/connection.ts";
import { startHealthServer } from "./runtime/http/http-server.ts";
import { createLogger } from "./runtime/logger.ts";
import { createMetrics } from "./runtime/metrics.ts";
import { Operator } from "./runtime/operator.ts";
import { createRestClient } from "./runtime/http/rest-client.ts";

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
    home: config.podNamespace,
    ...(config.leaderElection && {
      election: { namespace: config.podNamespace, identity: `${config.podName}_${randomUUID()}` },
    }),
  });
  const connections = registerControllers(operator, {
    rest,
    images: config.images,
    operatorNamespace: config.podNamespace,
    sqlPlannerUrl: config.sqlPlannerUrl,
    hbaseAdminUrl: config.hbaseAdminUrl,
  });
  const health = await startHealthServer(config.httpPort, operator);
  logger.info({ server: connection.server, port: health.port, images: config.images }, "Starting");
  stopOnSignals((signal) => {
    logger.info({ signal }, "Stopping");
    return operator.stop(config.shutdownGraceSeconds);
  });
  const end = await operator.run();
  if (end.kind === "lost") return 1;
  await Promise.all([health.close(), connections.close()]);
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
