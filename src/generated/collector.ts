/** Generated from contracts/collector.yaml by `node scripts/generate.ts`; do not edit. */

import type { IpMasking } from "./raw-record.ts";

/** What the collector is told. A list is written with commas; what is undefined is left to the collector's default. */
export interface CollectorEnvironment {
  /** Kafka's servers as `host:port`. */
  readonly KAFKA_BOOTSTRAP_SERVERS: readonly string[];
  /** The raw topic. */
  readonly KAFKA_TOPIC: string;
  /** Whether the connection to Kafka is encrypted. */
  readonly KAFKA_TLS?: boolean | undefined;
  /**
   * PEM file of the servers' authority; without it the system's authorities count. Read for each connection.
   */
  readonly KAFKA_CA_FILE?: string | undefined;
  /** PEM file of the certificate to show to Kafka; without it none is shown. Read for each connection. */
  readonly KAFKA_CLIENT_CERTIFICATE_FILE?: string | undefined;
  /** PEM file of the certificate's private key. */
  readonly KAFKA_CLIENT_KEY_FILE?: string | undefined;
  /** How to log in to Kafka; without it there is no login. */
  readonly KAFKA_SASL_MECHANISM?: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" | undefined;
  /** How long an event waits for others to share a Kafka request with. */
  readonly KAFKA_LINGER_MILLISECONDS?: number | undefined;
  /** Longest wait for Kafka; then the answer is 503. */
  readonly DELIVERY_TIMEOUT_SECONDS?: number | undefined;
  /** Address of the port for events. */
  readonly LISTEN_ADDRESS?: string | undefined;
  /** Address of the port for metrics and accounting. */
  readonly INTERNAL_ADDRESS?: string | undefined;
  /** Largest event; larger ones need a larger `max.message.bytes` of the topic, by 32 KiB for headers. */
  readonly MAX_EVENT_BYTES?: number | undefined;
  /** Largest body, packed and unpacked. */
  readonly MAX_REQUEST_BYTES?: number | undefined;
  /** Most events of one request. */
  readonly MAX_REQUEST_EVENTS?: number | undefined;
  /** What all requests together may hold; at least twice `MAX_REQUEST_BYTES`. */
  readonly MAX_IN_FLIGHT_BYTES?: number | undefined;
  /** Further connections wait; when all are taken, those that rest between two requests are closed. */
  readonly MAX_CONNECTIONS?: number | undefined;
  /** Largest head of a request. */
  readonly MAX_HEADER_BYTES?: number | undefined;
  /** Longest time to send a whole request; 10 s of it are for its head. */
  readonly READ_TIMEOUT_SECONDS?: number | undefined;
  /** How long a connection may rest between two requests; longer than the proxies in front keep theirs. */
  readonly IDLE_TIMEOUT_SECONDS?: number | undefined;
  /**
   * Origins that may read answers, such as `https://example.com` or `https://*.example.com` for all below it,
   * or the single entry `*`.
   */
  readonly CORS_ORIGINS?: readonly string[] | undefined;
  /** Whether browsers are given a cookie. */
  readonly COOKIE_ENABLED?: boolean | undefined;
  /** Name of the cookie. */
  readonly COOKIE_NAME?: string | undefined;
  /** How long browsers keep the cookie. */
  readonly COOKIE_MAX_AGE_SECONDS?: number | undefined;
  /** Attribute SameSite of the cookie. */
  readonly COOKIE_SAME_SITE?: "Strict" | "Lax" | "None" | undefined;
  /** Attribute Domain of the cookie; without it the host that was called. */
  readonly COOKIE_DOMAIN?: string | undefined;
  /** What is kept of client addresses. */
  readonly IP_MASKING?: IpMasking | undefined;
  /**
   * Networks of the proxies that are believed about the client's address; by default those that load
   * balancers and ingress controllers use.
   */
  readonly TRUSTED_PROXIES?: readonly string[] | "none" | undefined;
  /**
   * Header in which those proxies say the client's address, such as `CF-Connecting-IP`. Where a request lacks
   * it, and without a name, `X-Forwarded-For` and then `Forwarded` are read.
   */
  readonly CLIENT_ADDRESS_HEADER?: string | undefined;
  /** Request headers that are kept with each event; those that carry secrets are refused. */
  readonly CAPTURE_HEADERS?: readonly string[] | undefined;
  /** Time from SIGTERM until the process is gone. */
  readonly SHUTDOWN_GRACE_SECONDS?: number | undefined;
  /** The part of it in which new connections are still taken, until no load balancer sends them here. */
  readonly DRAIN_DELAY_SECONDS?: number | undefined;
  /** Least level that is logged. */
  readonly LOG_LEVEL?: "debug" | "info" | "warn" | "error" | undefined;
}

/** What the collector takes where it is told nothing. */
export const COLLECTOR_DEFAULTS = {
  /** Whether the connection to Kafka is encrypted. */
  KAFKA_TLS: false,
  /** How long an event waits for others to share a Kafka request with. */
  KAFKA_LINGER_MILLISECONDS: 1,
  /** Longest wait for Kafka; then the answer is 503. */
  DELIVERY_TIMEOUT_SECONDS: 10,
  /** Address of the port for events. */
  LISTEN_ADDRESS: ":8080",
  /** Address of the port for metrics and accounting. */
  INTERNAL_ADDRESS: ":9090",
  /** Largest event; larger ones need a larger `max.message.bytes` of the topic, by 32 KiB for headers. */
  MAX_EVENT_BYTES: 1000000,
  /** Largest body, packed and unpacked. */
  MAX_REQUEST_BYTES: 8388608,
  /** Most events of one request. */
  MAX_REQUEST_EVENTS: 10000,
  /** What all requests together may hold; at least twice `MAX_REQUEST_BYTES`. */
  MAX_IN_FLIGHT_BYTES: 67108864,
  /** Further connections wait; when all are taken, those that rest between two requests are closed. */
  MAX_CONNECTIONS: 4096,
  /** Largest head of a request. */
  MAX_HEADER_BYTES: 16384,
  /** Longest time to send a whole request; 10 s of it are for its head. */
  READ_TIMEOUT_SECONDS: 30,
  /** How long a connection may rest between two requests; longer than the proxies in front keep theirs. */
  IDLE_TIMEOUT_SECONDS: 75,
  /** Whether browsers are given a cookie. */
  COOKIE_ENABLED: true,
  /** Name of the cookie. */
  COOKIE_NAME: "oc_id",
  /** How long browsers keep the cookie. */
  COOKIE_MAX_AGE_SECONDS: 31536000,
  /** Attribute SameSite of the cookie. */
  COOKIE_SAME_SITE: "Lax",
  /** What is kept of client addresses. */
  IP_MASKING: "None",
  /**
   * Networks of the proxies that are believed about the client's address; by default those that load
   * balancers and ingress controllers use.
   */
  TRUSTED_PROXIES: [
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
  ],
  /** Time from SIGTERM until the process is gone. */
  SHUTDOWN_GRACE_SECONDS: 25,
  /** The part of it in which new connections are still taken, until no load balancer sends them here. */
  DRAIN_DELAY_SECONDS: 3,
  /** Least level that is logged. */
  LOG_LEVEL: "info",
} as const;
