/** A door before a server: it passes requests on and counts them by kind. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { Agent, request } from "undici";

/** Names the kind of a request by its method and its path without the query. */
export type KindOf = (method: string, path: string) => string;

/** Of one connection only. */
const HOP_HEADERS = ["connection", "content-length", "host", "keep-alive", "transfer-encoding"];

export class CountingDoor {
  readonly url: string;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #counts: Map<string, number>;

  private constructor(parts: { server: Server; agent: Agent; url: string; counts: Map<string, number> }) {
    this.url = parts.url;
    this.#server = parts.server;
    this.#agent = parts.agent;
    this.#counts = parts.counts;
  }

  static async open(target: string, kindOf: KindOf): Promise<CountingDoor> {
    const agent = new Agent({ connections: 32 });
    const server = createServer();
    const counts = new Map<string, number>();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    server.on("request", (incoming, answer) => {
      const { method = "GET", url = "" } = incoming;
      const kind = kindOf(method, url.split("?", 1)[0] ?? "");
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      request(new URL(url, target).href, {
        method,
        headers: endToEnd(incoming.headers),
        body: method === "GET" || method === "HEAD" ? null : incoming,
        dispatcher: agent,
      })
        .then((found) => found.body.pipe(answer.writeHead(found.statusCode, found.headers)))
        .catch((error: unknown) => answer.destroy(error instanceof Error ? error : undefined));
    });
    return new CountingDoor({ server, agent, url: `http://127.0.0.1:${port}`, counts });
  }

  /** Requests by kind since the door was opened. */
  counts(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }

  /** How many of these kinds; without any, of all. */
  count(...kinds: readonly string[]): number {
    const chosen = kinds.length === 0 ? [...this.#counts.keys()] : kinds;
    return chosen.reduce((sum, kind) => sum + (this.#counts.get(kind) ?? 0), 0);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#agent.destroy();
  }
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_HEADERS.includes(name)));
}
