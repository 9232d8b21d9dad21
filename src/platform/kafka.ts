/** How to reach the Kafka of a platform: everything resolved, secrets wrapped. Pure. */
import type { DataPlatformSpec } from "../crds/kinds.ts";
import type { PlatformState, PresentPlatform } from "./platform.ts";
import { requirePresent, valueOf } from "./platform.ts";
import { REFERENCES } from "./references.ts";
import type { Secret } from "./secret.ts";

export type SaslMechanism = NonNullable<DataPlatformSpec["kafka"]["sasl"]>["mechanism"];

/** All in PEM form. */
export interface KafkaTls {
  /** Without it the system's authorities count. */
  readonly certificateAuthority?: string;
  /** What is shown to brokers that ask for a certificate. */
  readonly client?: { readonly certificate: string; readonly privateKey: Secret };
}

export interface KafkaSettings {
  /** `host:port` each. */
  readonly bootstrapServers: readonly string[];
  /** Present: TLS. */
  readonly tls?: KafkaTls;
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: Secret; readonly password: Secret };
}

/** What must not appear in any message about this cluster. */
export function secretsOf(settings: KafkaSettings): readonly Secret[] {
  const { tls, sasl } = settings;
  return [sasl?.password, tls?.client?.privateKey].filter((secret) => secret !== undefined);
}

/** Throws `WaitingError` for the first reference that leads nowhere, and the error of the read where nobody knows. */
export function requireKafka(state: PlatformState): KafkaSettings {
  const platform = requirePresent(state);
  const { bootstrapServers, tls } = platform.spec.kafka;
  const sasl = loginOf(platform);
  return {
    bootstrapServers,
    ...(tls !== undefined && { tls: tlsOf(platform) }),
    ...(sasl !== undefined && { sasl }),
  };
}

function tlsOf(platform: PresentPlatform): KafkaTls {
  const certificateAuthority = valueOf(REFERENCES.kafkaAuthorities, platform)?.reveal();
  const certificate = valueOf(REFERENCES.kafkaClientCertificate, platform)?.reveal();
  const privateKey = valueOf(REFERENCES.kafkaClientKey, platform);
  const hasClient = certificate !== undefined && privateKey !== undefined;
  return {
    ...(certificateAuthority !== undefined && { certificateAuthority }),
    ...(hasClient && { client: { certificate, privateKey } }),
  };
}

function loginOf(platform: PresentPlatform): KafkaSettings["sasl"] {
  const mechanism = platform.spec.kafka.sasl?.mechanism;
  const username = valueOf(REFERENCES.kafkaUsername, platform);
  const password = valueOf(REFERENCES.kafkaPassword, platform);
  if (mechanism === undefined || username === undefined || password === undefined) return undefined;
  return { mechanism, username, password };
}
