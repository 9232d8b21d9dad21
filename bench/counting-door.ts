/** A door before a server: it passes requests on, and counts them and the bytes of their answers by kind. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { Agent, request } from "undici";

/** Names the kind of a request by its method and its path without the query. */
export type KindOf = (method: string, path: string) => string;

/** Of one connection only. */
const HOP_HEADERS = ["connection", "content-length", "keep-alive", "transfer-encoding"];

export interface DoorOptions {
  /** The server sees the host that the client named, which S3's signatures hold. Default false. */
  readonly keepsHost?: boolean;
}

export class CountingDoor {
  readonly url: string;
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #counts: Map<string, number>;
  readonly #bytes: Map<string, number>;

  private constructor(parts: {
    server: Server;
    agent: Agent;
    url: string;
    counts: Map<string, number>;
    bytes: Map<string, number>;
  }) {
    this.url = parts.url;
    this.#server = parts.server;
    this.#agent = parts.agent;
    this.#counts = parts.counts;
    this.#bytes = parts.bytes;
  }

  static async open(target: string, kindOf: KindOf, options: DoorOptions = {}): Promise<CountingDoor> {
    const agent = new Agent({ connections: 32 });
    const server = createServer();
    const counts = new Map<string, number>();
    const bytes = new Map<string, number>();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    server.on("request", (incoming, answer) => {
      const { method = "GET", url = "" } = incoming;
      const kind = kindOf(method, url.split("?", 1)[0] ?? "");
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      request(new URL(url, target).href, {
        method,
        headers: endToEnd(incoming.headers, options),
        body: method === "GET" || method === "HEAD" ? null : incoming,
        dispatcher: agent,
      })
        .then((found) => {
          found.body.on("data", (chunk: Buffer) => bytes.set(kind, (bytes.get(kind) ?? 0) + chunk.length));
          found.body.pipe(answer.writeHead(found.statusCode, found.headers));
        })
        .catch((error: unknown) => answer.destroy(error instanceof Error ? error : undefined));
    });
    return new CountingDoor({ server, agent, url: `http://127.0.0.1:${port}`, counts, bytes });
  }

  /** Requests by kind since the door was opened. */
  counts(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }

  /** Bytes of the answers' bodies, of all kinds. */
  bytes(): number {
    return [...this.#bytes.values()].reduce((sum, one) => sum + one, 0);
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

function endToEnd(headers: IncomingHttpHeaders, { keepsHost = false }: DoorOptions): IncomingHttpHeaders {
  const left = keepsHost ? HOP_HEADERS : [...HOP_HEADERS, "host"];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !left.includes(name)));
}
