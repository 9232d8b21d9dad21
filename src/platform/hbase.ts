/** How to reach the HBase of a platform: everything resolved, secrets wrapped. Pure. */
import type { DataPlatformSpec } from "../crds/kinds.ts";
import { DATA_PLATFORM_DEFAULTS } from "../crds/kinds.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { PlatformState, PresentPlatform } from "./platform.ts";
import { requirePresent, valueOf } from "./platform.ts";
import { REFERENCES } from "./references.ts";
import type { Secret } from "./secret.ts";

type HBaseSpec = NonNullable<DataPlatformSpec["hbase"]>;

export interface HBaseSettings {
  /** `host:port` each. */
  readonly bootstrapServers: readonly string[];
  /** Name to be known by; `undefined`: the administration's own. */
  readonly user?: string;
  /** Present: TLS. All in PEM form. */
  readonly tls?: HBaseTls;
  /** Present: Kerberos. */
  readonly kerberos?: HBaseKerberos;
}

interface HBaseTls {
  /** Without it the authorities of the Java runtime count. */
  readonly certificateAuthority?: string;
  readonly client?: { readonly certificate: string; readonly privateKey: Secret };
}

interface HBaseKerberos {
  readonly principal: string;
  /** In base64. */
  readonly keytab: Secret;
  readonly servicePrincipal: string;
  readonly protection: string;
}

/** Throws `WaitingError` where the platform has no HBase and for the first reference that leads nowhere, and the error of the read where nobody knows. */
export function requireHBase(state: PlatformState): HBaseSettings {
  const platform = requirePresent(state);
  const { hbase } = platform.spec;
  if (hbase === undefined) {
    throw new WaitingError(
      "PlatformNotReady",
      `DataPlatform "${platform.key.name}" names no HBase; give it spec.hbase`,
    );
  }
  const { bootstrapServers, user, tls } = hbase;
  const kerberos = kerberosOf(hbase, platform);
  return {
    bootstrapServers,
    ...(user !== undefined && { user }),
    ...(tls !== undefined && { tls: tlsOf(platform) }),
    ...(kerberos !== undefined && { kerberos }),
  };
}

function tlsOf(platform: PresentPlatform): HBaseTls {
  const certificateAuthority = valueOf(REFERENCES.hbaseAuthorities, platform)?.reveal();
  const certificate = valueOf(REFERENCES.hbaseClientCertificate, platform)?.reveal();
  const privateKey = valueOf(REFERENCES.hbaseClientKey, platform);
  const hasClient = certificate !== undefined && privateKey !== undefined;
  return {
    ...(certificateAuthority !== undefined && { certificateAuthority }),
    ...(hasClient && { client: { certificate, privateKey } }),
  };
}

function kerberosOf({ kerberos }: HBaseSpec, platform: PresentPlatform): HBaseKerberos | undefined {
  const keytab = valueOf(REFERENCES.hbaseKeytab, platform);
  if (kerberos === undefined || keytab === undefined) return undefined;
  const { principal, servicePrincipal, protection = DATA_PLATFORM_DEFAULTS.protection } = kerberos;
  return { principal, keytab: keytab.inBase64(), servicePrincipal, protection };
}
