/** How to reach the Kafka of a platform: everything resolved, secrets wrapped. Pure. */
import type { DataPlatformSpec } from "../crds/kinds.ts";
import type { PlatformState, PresentPlatform } from "./platform.ts";
import { requirePresent, valueOf } from "./platform.ts";
import { REFERENCES } from "./references.ts";
import type { Secret } from "./secret.ts";

export type SaslMechanism = NonNullable<DataPlatformSpec["kafka"]["sasl"]>["mechanism"];

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

/** Throws `WaitingError` for the first reference that leads nowhere, and the error of the read where nobody knows. */
export function requireKafka(state: PlatformState): KafkaSettings {
  const platform = requirePresent(state);
  const { bootstrapServers, tls } = platform.spec.kafka;
  const authorities = valueOf(REFERENCES.kafkaAuthorities, platform)?.reveal();
  const sasl = loginOf(platform);
  return {
    bootstrapServers,
    ...(tls !== undefined && {
      tls: authorities === undefined ? {} : { certificateAuthority: authorities },
    }),
    ...(sasl !== undefined && { sasl }),
  };
}

function loginOf(platform: PresentPlatform): KafkaSettings["sasl"] {
  const mechanism = platform.spec.kafka.sasl?.mechanism;
  const username = valueOf(REFERENCES.kafkaUsername, platform);
  const password = valueOf(REFERENCES.kafkaPassword, platform);
  if (mechanism === undefined || username === undefined || password === undefined) return undefined;
  return { mechanism, username, password };
}
