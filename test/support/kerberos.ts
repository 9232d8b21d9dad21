/** A realm of Kerberos: MIT's key distribution centre on the loopback interface, with principals whose keys are in files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../../local/support/command.ts";
import { freePorts, startProgram, type Engine } from "./process.ts";

export const REALM = "EXAMPLE.COM";

export interface KerberosRealm extends Engine {
  /** The `krb5.conf` of its clients. */
  readonly clientFile: string;
  /** Makes a principal of random keys; gives the path of its keytab. */
  readonly keytabOf: (principal: string) => Promise<string>;
}

/** Starts it in an empty folder. */
export async function startKerberos(directory: string): Promise<KerberosRealm> {
  await mkdir(directory, { recursive: true });
  const [port = 0] = await freePorts(1);
  const [clientFile, serverFile] = [join(directory, "krb5.conf"), join(directory, "kdc.conf")];
  await writeFile(clientFile, clientConfiguration(port));
  await writeFile(serverFile, serverConfiguration(directory, port));
  const env = { KRB5_CONFIG: clientFile, KRB5_KDC_PROFILE: serverFile };
  await mustRun("/usr/sbin/kdb5_util", ["-r", REALM, "-P", "master-pa55word", "create", "-s"], { env });
  const { stop } = await startProgram({
    name: "Kerberos",
    command: ["/usr/sbin/krb5kdc", "-n", "-r", REALM, "-P", join(directory, "kdc.pid")],
    env,
    logFile: join(directory, "kdc.log"),
    deadlineSeconds: 30,
    isReady: async (log) => log.includes("commencing operation"),
  });
  const administer = async (query: string): Promise<string> =>
    mustRun("/usr/sbin/kadmin.local", ["-r", REALM, "-q", query], { env });
  const keytabOf = async (principal: string): Promise<string> => {
    const file = join(directory, `${principal.replaceAll("/", "-")}.keytab`);
    await administer(`addprinc -randkey ${principal}@${REALM}`);
    await administer(`ktadd -k ${file} ${principal}@${REALM}`);
    return file;
  };
  return { address: `127.0.0.1:${port}`, clientFile, keytabOf, stop };
}

function clientConfiguration(port: number): string {
  return `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${REALM} = {
    kdc = 127.0.0.1:${port}
  }
`;
}

function serverConfiguration(directory: string, port: number): string {
  return `[realms]
  ${REALM} = {
    database_name = ${join(directory, "principals")}
    key_stash_file = ${join(directory, "stash")}
    kdc_listen = 127.0.0.1:${port}
    kdc_tcp_listen = 127.0.0.1:${port}
  }
[logging]
  kdc = STDERR
`;
}
