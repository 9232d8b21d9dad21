/**
 * Connection to one Kafka cluster: a pool of sockets (one a broker, made when needed, kept while used) and single requests on them.
 * The requests are the protocol's own, in versions that Kafka 3.1 and all newer brokers speak, because only their
 * answers tell each topic's result apart.
 */
import { isIP } from "node:net";
import { ConnectionPool, metadataV12 } from "@platformatic/kafka";
import type { API, Broker, Connection } from "@platformatic/kafka";
import { classifyKafkaError } from "./errors.ts";
import type { KafkaSettings } from "../../platform/kafka.ts";

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
const MAX_IN_FLIGHT = 32;
const DEFAULT_PORT = 9092;

/** Time that a broker may take for a change before it answers that it is not done; less than the request's own. */
export const SERVER_TIMEOUT_MS = 8_000;

export interface CallOptions {
  /** Completes "while …" in an error's message. */
  readonly doing: string;
  /** Changes go to the controller: brokers in ZooKeeper mode do not forward them. Default: any broker. */
  readonly to?: "any-broker" | "controller";
  readonly signal?: AbortSignal | undefined;
  /** Of a change: asked right before it is sent; throws when it may not be. */
  readonly assertMayWrite?: () => void;
}

/** Requests to one cluster. Every method throws errors of the runtime's classes. */
export interface KafkaClient {
  readonly settings: KafkaSettings;
  call<Request extends unknown[], Response>(
    api: API<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response>;
  /** Like `call`, but an answer with per-item errors comes back as an answer: look at each item's `errorCode`. */
  callItems<Request extends unknown[], Response>(
    api: API<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response>;
  /** Closes all sockets; running requests fail. */
  close(): Promise<void>;
}

/** Makes a client; it connects at the first request. */
export function createKafkaClient(settings: KafkaSettings): KafkaClient {
  return new PooledKafkaClient(settings);
}

class PooledKafkaClient implements KafkaClient {
  readonly settings: KafkaSettings;
  readonly #pool: ConnectionPool;
  readonly #bootstrap: Broker[];
  #controller: Broker | undefined;

  constructor(settings: KafkaSettings) {
    this.settings = settings;
    this.#bootstrap = settings.bootstrapServers.map(parseServer);
    this.#pool = new ConnectionPool("openclickstream-operator", connectionOptions(settings, this.#bootstrap));
    // A socket may fail more than once; an "error" event that nobody listens to would end the process.
    this.#pool.on("connecting", ({ connection }) => connection.on("error", () => undefined));
  }

  async call<Request extends unknown[], Response>(
    api: API<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response> {
    const connection = await this.#connect(options);
    options.assertMayWrite?.();
    try {
      return await withSignal(api.async(connection, ...request), options.signal);
    } catch (error) {
      throw this.#failed(error, options);
    }
  }

  async callItems<Request extends unknown[], Response>(
    api: API<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<Response> {
    const connection = await this.#connect(options);
    options.assertMayWrite?.();
    try {
      return await withSignal(api.async(connection, ...request), options.signal);
    } catch (error) {
      const response = (error as { response?: unknown }).response;
      if (response !== undefined) return response as Response;
      throw this.#failed(error, options);
    }
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  #failed(error: unknown, options: CallOptions): unknown {
    // The pass was told to stop; that says nothing about Kafka.
    if (options.signal?.aborted === true) return options.signal.reason;
    // The controller may have moved, or its broker may be gone.
    this.#controller = undefined;
    return classifyKafkaError(error, this.settings, options.doing);
  }

  async #connect(options: CallOptions): Promise<Connection> {
    try {
      if (options.to !== "controller")
        return await withSignal(this.#pool.getFirstAvailable(this.#bootstrap), options.signal);
      this.#controller ??= await this.#findController(options.signal);
      return await withSignal(this.#pool.get(this.#controller), options.signal);
    } catch (error) {
      throw this.#failed(error, options);
    }
  }

  async #findController(signal: AbortSignal | undefined): Promise<Broker> {
    const connection = await withSignal(this.#pool.getFirstAvailable(this.#bootstrap), signal);
    const { brokers, controllerId } = await withSignal(metadataV12.api.async(connection, [], false), signal);
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
      tls: tls.certificateAuthority === undefined ? {} : { ca: tls.certificateAuthority },
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
