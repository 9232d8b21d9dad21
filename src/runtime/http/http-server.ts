/** `/healthz`, `/readyz` and `/metrics`. Answers nothing else and takes no input. */
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the operator says of itself. A list names what is wrong; empty means well. */
export interface HealthSource {
  /** Wrong in a way that only a restart can cure. */
  unhealthy(): readonly string[];
  /** Not able to work yet. */
  unready(): readonly string[];
  /** Prometheus text. */
  metrics(): Promise<string>;
  readonly metricsContentType: string;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on all interfaces; port 0 takes a free one. Rejects when the port is taken. */
export function startHealthServer(port: number, source: HealthSource): Promise<HealthServer> {
  const server = createServer((request, response) => {
    respond(request.url ?? "/", response, source).catch(() => response.destroy());
  });
  server.requestTimeout = 10_000;
  server.maxConnections = 64;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve({ port: (server.address() as AddressInfo).port, close: () => close(server) });
    });
  });
}

async function respond(url: string, response: ServerResponse, source: HealthSource): Promise<void> {
  const path = url.split("?", 1)[0] ?? url;
  switch (path) {
    case "/healthz":
      return respondWithProblems(response, source.unhealthy());
    case "/readyz":
      return respondWithProblems(response, source.unready());
    case "/metrics":
      response.writeHead(200, { "content-type": source.metricsContentType }).end(await source.metrics());
      return;
    default:
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
  }
}

function respondWithProblems(response: ServerResponse, problems: readonly string[]): void {
  const text = problems.length === 0 ? "ok" : problems.join("\n");
  response.writeHead(problems.length === 0 ? 200 : 503, { "content-type": "text/plain" }).end(`${text}\n`);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
