/** How to reach one Kafka cluster: everything resolved, secrets wrapped. */
import type { Secret } from "../secret.ts";

export const SASL_MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export interface KafkaSettings {
  /** `host:port` each. */
  readonly bootstrapServers: readonly string[];
  /** Present: TLS. `certificateAuthority` is PEM; without it the system's authorities count. */
  readonly tls?: { readonly certificateAuthority?: string };
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: Secret; readonly password: Secret };
}

/** What must not appear in any message about this cluster. */
export function secretsOf(settings: KafkaSettings): readonly Secret[] {
  return settings.sasl === undefined ? [] : [settings.sasl.password];
}
