/** Where the API server is and how to prove who we are; credentials are re-read so that rotation needs no restart. */
import type { RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { Agent } from "undici";
import type { Dispatcher } from "undici";

/** What one request needs beside its path. */
export interface Credentials {
  readonly dispatcher: Dispatcher;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Connection {
  /** Base URL without a slash at the end. */
  readonly server: string;
  /** Current credentials; `refresh` after the server refused them. */
  credentials(options?: { refresh?: boolean }): Promise<Credentials>;
  close(): Promise<void>;
}

/** Tokens of service accounts are renewed on disk about hourly; the same minute that client-go takes. */
const CREDENTIALS_MAX_AGE_MS = 60_000;

/** Detects a dead network 25 s after the last byte: probes start after 15 s, libuv sends 10 of them, a second apart. */
const KEEP_ALIVE_INITIAL_DELAY_MS = 15_000;

const AGENT_OPTIONS: Agent.Options = {
  allowH2: false,
  bodyTimeout: 0,
  headersTimeout: 20_000,
  connectTimeout: 10_000,
};

/** What client-node takes when it finds nothing. */
const NO_CLUSTER = "http://localhost:8080";

/** The cluster of `KUBECONFIG` (or `~/.kube/config`), or the one that the pod runs in. Throws when there is none. */
export function loadConnection(): Connection {
  const config = new KubeConfig();
  config.loadFromDefault();
  if (config.getCurrentCluster()?.server === NO_CLUSTER) {
    throw new Error("no cluster to work in: set KUBECONFIG, or run in a Pod with a service account");
  }
  return connectionOf(config);
}

/** A connection for a loaded configuration: tokens, token files, client certificates, exec plugins. */
export function connectionOf(config: KubeConfig): Connection {
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new Error("the kubeconfig has no current context with a cluster; set KUBECONFIG");
  return new KubeConfigConnection(config, cluster.server.replace(/\/+$/, ""));
}

/** A connection without credentials, for a proxy on the same machine and for tests. */
export function plainConnection(server: string): Connection {
  const dispatcher = new Agent(AGENT_OPTIONS);
  return {
    server: server.replace(/\/+$/, ""),
    credentials: () => Promise.resolve({ dispatcher, headers: {} }),
    close: () => dispatcher.destroy(),
  };
}

interface TlsMaterial {
  readonly ca?: Buffer | string;
  readonly cert?: Buffer | string;
  readonly key?: Buffer | string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

class KubeConfigConnection implements Connection {
  readonly server: string;
  readonly #config: KubeConfig;
  #agent: Agent | undefined;
  #fingerprint = "";
  #current: Promise<Credentials> | undefined;
  #readAt = 0;

  constructor(config: KubeConfig, server: string) {
    this.#config = config;
    this.server = server;
  }

  credentials(options: { refresh?: boolean } = {}): Promise<Credentials> {
    const age = performance.now() - this.#readAt;
    if (this.#current === undefined || options.refresh === true || age > CREDENTIALS_MAX_AGE_MS) {
      this.#readAt = performance.now();
      const reading = this.#read();
      this.#current = reading;
      // A failed read (plugin missing, file unreadable for a moment) must not be remembered for a minute.
      reading.catch(() => {
        if (this.#current === reading) this.#current = undefined;
      });
    }
    return this.#current;
  }

  async close(): Promise<void> {
    await this.#agent?.destroy();
  }

  async #read(): Promise<Credentials> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    return { dispatcher: this.#agentFor(tlsMaterial(options)), headers: headersOf(options) };
  }

  #agentFor(tls: TlsMaterial): Agent {
    const fingerprint = JSON.stringify(tls);
    if (this.#agent !== undefined && fingerprint === this.#fingerprint) return this.#agent;
    const previous = this.#agent;
    const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_INITIAL_DELAY_MS };
    this.#agent = new Agent({ ...AGENT_OPTIONS, connect });
    this.#fingerprint = fingerprint;
    // Requests in flight and watches end by themselves on the old sockets (a watch within its timeoutSeconds).
    previous?.close().catch(() => undefined);
    return this.#agent;
  }
}

function tlsMaterial(options: RequestOptions): TlsMaterial {
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return {
    ...(isMaterial(ca) ? { ca } : {}),
    ...(isMaterial(cert) ? { cert } : {}),
    ...(isMaterial(key) ? { key } : {}),
    ...(servername === undefined ? {} : { servername }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}

function isMaterial(value: unknown): value is Buffer | string {
  return typeof value === "string" || Buffer.isBuffer(value);
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === "string") headers[name] = value.trim();
  }
  if (typeof options.auth === "string")
    headers["Authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  return headers;
}
