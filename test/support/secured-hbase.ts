/** An HBase that takes only clients with a certificate and a ticket of Kerberos, and that knows rights. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "../../local/support/checkout.ts";
import { type CertificateFiles, makeCertificate } from "./certificates.ts";
import { startHBase } from "./hbase.ts";
import { REALM, startKerberos, type KerberosRealm } from "./kerberos.ts";
import type { Engine } from "./process.ts";

export interface SecuredHBase extends Engine {
  readonly kerberos: KerberosRealm;
  /** It is from itself, and the authority of the clients' certificates too. */
  readonly server: CertificateFiles;
  readonly client: CertificateFiles;
  /** A certificate of an authority that nobody knows. */
  readonly stranger: CertificateFiles;
  /** Keytabs of `operator`, who may do everything, and of `guest`, who may do nothing. */
  readonly keytabs: Readonly<Record<"operator" | "guest", string>>;
}

const COPROCESSOR = "org.apache.hadoop.hbase.security.access.AccessController";

/** Starts it in an empty folder, with its realm. The address is the master's, `localhost:port`. */
export async function startSecuredHBase(directory: string): Promise<SecuredHBase> {
  const kerberos = await startKerberos(join(directory, "kerberos"));
  try {
    const server = await makeCertificate(directory, "localhost");
    const client = await makeCertificate(directory, "operator", server);
    const stranger = await makeCertificate(directory, "stranger");
    const store = join(directory, "server.pem");
    const both = await Promise.all(
      [server.certificateFile, server.keyFile].map(async (file) => readFile(file, "utf8")),
    );
    await writeFile(store, both.join("\n"), { mode: 0o600 });
    const keytab = await kerberos.keytabOf("hbase/localhost");
    const configurationFolder = await writeConfiguration(directory);
    const hbase = await startHBase({
      directory: join(directory, "hbase"),
      configurationFolder,
      javaOptions: [`-Djava.security.krb5.conf=${kerberos.clientFile}`],
      settings: settingsOf({ keytab, store, authorities: server.certificateFile }),
    });
    const keytabs = {
      operator: await kerberos.keytabOf("operator"),
      guest: await kerberos.keytabOf("guest"),
    };
    const stop = async (): Promise<void> => {
      await hbase.stop();
      await kerberos.stop();
    };
    return { address: hbase.address, kerberos, server, client, stranger, keytabs, stop };
  } catch (error) {
    await kerberos.stop();
    throw error;
  }
}

interface Files {
  readonly keytab: string;
  /** Certificate and key. */
  readonly store: string;
  readonly authorities: string;
}

function settingsOf({ keytab, store, authorities }: Files): Readonly<Record<string, string>> {
  const principal = `hbase/_HOST@${REALM}`;
  return {
    "hbase.security.authentication": "kerberos",
    "hbase.security.authorization": "true",
    "hbase.superuser": "operator",
    "hbase.coprocessor.master.classes": COPROCESSOR,
    "hbase.coprocessor.region.classes": COPROCESSOR,
    "hbase.master.kerberos.principal": principal,
    "hbase.master.keytab.file": keytab,
    "hbase.regionserver.kerberos.principal": principal,
    "hbase.regionserver.keytab.file": keytab,
    "hbase.server.netty.tls.enabled": "true",
    "hbase.server.netty.tls.supportplaintext": "false",
    // A client's certificate says who it is, and not at which host: pods have none that lasts.
    "hbase.server.netty.tls.verify.client.hostname": "false",
    "hbase.client.netty.tls.enabled": "true",
    "hbase.rpc.tls.keystore.location": store,
    "hbase.rpc.tls.keystore.type": "PEM",
    "hbase.rpc.tls.truststore.location": authorities,
    "hbase.rpc.tls.truststore.type": "PEM",
  };
}

/** Hadoop's part reads its own file only. */
async function writeConfiguration(directory: string): Promise<string> {
  const folder = join(directory, "conf");
  await mkdir(folder, { recursive: true });
  const site = await readFile(join(checkoutFolder, "manifests/engines/hbase/hbase-site.xml"), "utf8");
  await writeFile(join(folder, "hbase-site.xml"), site);
  await writeFile(
    join(folder, "core-site.xml"),
    `<configuration><property><name>hadoop.security.authentication</name><value>kerberos</value></property></configuration>\n`,
  );
  return folder;
}
