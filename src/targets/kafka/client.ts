/**
 * Connections to one Kafka cluster: two pools of sockets (one a broker, made when needed, kept while used), for reads and for changes.
 * The requests are the protocol's own, in versions that Kafka 3.1 and all newer brokers speak, because only their
 * answers tell each topic's result apart.
 */
import { isIP } from "node:net";
import { ConnectionPool, metadataV12 } from "@platformatic/kafka";
import type { API, Broker, Connection } from "@platformatic/kafka";
import { classifyKafkaError, isCertificateRefusal, readFailure } from "./errors.ts";
import type { KafkaSettings } from "../../platform/kafka.ts";

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_IN_FLIGHT = 32;
const DEFAULT_PORT = 9092;

/** Time that a broker may take for a change before it answers that it is not done; less than the request's own. */
export const SERVER_TIMEOUT_MS = 8_000;

/** Changes go to the controller: brokers in ZooKeeper mode do not forward them. They have a connection of their own, as a change takes long. */
export type RequestTarget = "any-broker" | "controller";

/** Sends one request on a connection. */
export type Sending<Response> = (connection: Connection) => Promise<Response>;

export interface CallOptions {
  /** Completes "while …" in an error's message. */
  readonly doing: string;
  readonly signal?: AbortSignal | undefined;
}

/** Requests to one cluster. */
export interface KafkaClient {
  readonly settings: KafkaSettings;
  /** A question to any broker. Throws errors of the runtime's classes. An answer with per-item errors throws too. */
  call<Request extends unknown[], Response>(
    api: API<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response>;
  /**
   * A request of many items: `begin` makes it right before it is sent, and `undefined` then means that nothing is. An answer with per-item
   * errors comes back as an answer: look at each item's `errorCode`. Throws the library's own errors.
   */
  send<Response>(
    to: RequestTarget,
    begin: () => Sending<Response> | undefined,
  ): Promise<Response | undefined>;
  /** The next change asks again which broker is the controller: the broker that we asked is not, or no longer. */
  forgetController(): void;
  /** Closes all sockets; running requests fail. */
  close(): Promise<void>;
}

/** Makes a client; it connects at the first request. */
export function createKafkaClient(settings: KafkaSettings): KafkaClient {
  return new PooledKafkaClient(settings);
}

class PooledKafkaClient implements KafkaClient {
  readonly settings: KafkaSettings;
  readonly #reads: ConnectionPool;
  readonly #changes: ConnectionPool;
  readonly #bootstrap: Broker[];
  #controller: Broker | undefined;
  /** What a socket last died of, when that was a broker's no to the client's certificate: with TLS 1.3 it comes after the handshake. */
  #refusal: Error | undefined;

  constructor(settings: KafkaSettings) {
    this.settings = settings;
    this.#bootstrap = settings.bootstrapServers.map(parseServer);
    this.#reads = this.#createPool();
    this.#changes = this.#createPool();
  }

  async call<Request extends unknown[], Response>(
    api: API<Request, Response>,
    request: Request,
    { doing, signal }: CallOptions,
  ): Promise<Response> {
    try {
      const connection = await withSignal(this.#reads.getFirstAvailable(this.#bootstrap), signal);
      const answer = await withSignal(api.async(connection, ...request), signal);
      this.#refusal = undefined;
      return answer;
    } catch (error) {
      // Somebody stopped the pass; that says nothing about Kafka.
      if (signal?.aborted === true) throw signal.reason;
      throw classifyKafkaError(this.#explain(error), this.settings, doing);
    }
  }

  async send<Response>(
    to: RequestTarget,
    begin: () => Sending<Response> | undefined,
  ): Promise<Response | undefined> {
    try {
      const connection = await this.#connect(to);
      return await begin()?.(connection);
    } catch (error) {
      const response = (error as { response?: unknown }).response;
      if (response !== undefined) return response as Response;
      // The controller may have moved, or its broker may be gone.
      this.forgetController();
      throw this.#explain(error);
    }
  }

  forgetController(): void {
    this.#controller = undefined;
  }

  async close(): Promise<void> {
    await Promise.all([this.#reads.close(), this.#changes.close()]);
  }

  #createPool(): ConnectionPool {
    const options = connectionOptions(this.settings, this.#bootstrap);
    const pool = new ConnectionPool("openclickstream-operator", options);
    // A socket may fail more than once; an "error" event that nobody listens to would end the process.
    pool.on("connecting", ({ connection }) =>
      connection.on("error", (error) => {
        if (isCertificateRefusal(error)) this.#refusal = error;
      }),
    );
    return pool;
  }

  /** Requests on a socket that died learn only that it is closed. */
  #explain(error: unknown): unknown {
    return readFailure(error).code === undefined ? (this.#refusal ?? error) : error;
  }

  async #connect(to: RequestTarget): Promise<Connection> {
    if (to === "any-broker") return this.#reads.getFirstAvailable(this.#bootstrap);
    this.#controller ??= await this.#findController();
    return this.#changes.get(this.#controller);
  }

  async #findController(): Promise<Broker> {
    const connection = await this.#reads.getFirstAvailable(this.#bootstrap);
    const { brokers, controllerId } = await metadataV12.api.async(connection, [], false);
    const controller = brokers.find((broker) => broker.nodeId === controllerId) ?? brokers[0];
    if (controller === undefined) throw new Error("the cluster has no broker yet");
    return { host: controller.host, port: controller.port };
  }
}

function connectionOptions(settings: KafkaSettings, bootstrap: readonly Broker[]): object {
  const { tls, sasl } = settings;
  return {
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxInflights: MAX_IN_FLIGHT,
    ...(tls && {
      tls: {
        ...(tls.certificateAuthority !== undefined && { ca: tls.certificateAuthority }),
        ...(tls.client && { cert: tls.client.certificate, key: tls.client.privateKey.reveal() }),
      },
      // The name to check the certificate against; TLS has none for bare addresses.
      tlsServerName: bootstrap.every((broker) => isIP(broker.host) === 0),
    }),
    ...(sasl && {
      sasl: {
        mechanism: sasl.mechanism,
        username: sasl.username.reveal(),
        password: sasl.password.reveal(),
      },
    }),
  };
}

/** `host:port`, `[v6]:port` or a bare host. */
function parseServer(server: string): Broker {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(server);
  const host = match?.[1] ?? match?.[2] ?? server;
  return { host, port: match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]) };
}

/** The promise, or the signal's reason when that comes first. The request itself ends with its own timeout. */
async function withSignal<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
