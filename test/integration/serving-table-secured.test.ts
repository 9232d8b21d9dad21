/** ServingTables in an HBase that takes only clients with a certificate and a ticket of Kerberos. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataPlatformKind, servingTableKind } from "../../src/crds/kinds.ts";
import type { HBaseSettings } from "../../src/platform/hbase.ts";
import { Secret } from "../../src/platform/secret.ts";
import { createServingTables } from "../../src/targets/hbase/tables.ts";
import { startHBaseAdmin } from "../support/hbase.ts";
import { REALM } from "../support/kerberos.ts";
import type { Engine } from "../support/process.ts";
import { startSecuredHBase, type SecuredHBase } from "../support/secured-hbase.ts";
import { RunningOperator } from "./running-operator.ts";

const NAMESPACE = "serving-secured";
const START_MILLISECONDS = 240_000;
const AT = { namespace: NAMESPACE, name: "profiles" };

let directory: string;
let hbase: SecuredHBase;
let admin: Engine;
let operator: RunningOperator;
/** All that the operator says to HBase when it is right. */
let right: Required<Omit<HBaseSettings, "user">>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-secured-hbase-"));
  hbase = await startSecuredHBase(join(directory, "hbase"));
  const javaOptions = [`-Djava.security.krb5.conf=${hbase.kerberos.clientFile}`];
  admin = await startHBaseAdmin({ directory: join(directory, "admin"), javaOptions });
  operator = await RunningOperator.start([NAMESPACE], { hbaseAdminUrl: admin.address });
  right = await settingsFor("operator");
}, START_MILLISECONDS);
afterAll(async () => {
  await operator.stop();
  await admin.stop();
  await hbase.stop();
  await rm(directory, { recursive: true, force: true });
});

async function settingsFor(who: "operator" | "guest"): Promise<typeof right> {
  const keytab = (await readFile(hbase.keytabs[who])).toString("base64");
  return {
    bootstrapServers: [hbase.address],
    tls: {
      certificateAuthority: await readFile(hbase.server.certificateFile, "utf8"),
      client: {
        certificate: await readFile(hbase.client.certificateFile, "utf8"),
        privateKey: new Secret(await readFile(hbase.client.keyFile, "utf8")),
      },
    },
    kerberos: {
      principal: `${who}@${REALM}`,
      keytab: new Secret(keytab),
      servicePrincipal: `hbase/_HOST@${REALM}`,
      protection: "authentication",
    },
  };
}

/** How a question about the cluster ends. */
async function answerTo(settings: HBaseSettings): Promise<string> {
  const tables = createServingTables(settings, admin.address);
  try {
    const { version } = await tables.probe(new AbortController().signal);
    return `version ${version}`;
  } catch (error) {
    return String(error);
  } finally {
    await tables.close();
  }
}

describe("an HBase with TLS and Kerberos", () => {
  it("is reached with what the Secrets of a platform hold, and has a table made and dropped", async () => {
    await operator.applySecret(NAMESPACE, "hbase-ca", {
      "ca.crt": await readFile(hbase.server.certificateFile),
    });
    await operator.applySecret(NAMESPACE, "hbase-client", {
      "tls.crt": await readFile(hbase.client.certificateFile),
      "tls.key": await readFile(hbase.client.keyFile),
    });
    await operator.applySecret(NAMESPACE, "hbase-keytab", {
      keytab: await readFile(hbase.keytabs.operator),
    });
    const { principal, servicePrincipal } = right.kerberos;
    await operator.applyPlatform(NAMESPACE, {
      hbase: {
        bootstrapServers: [hbase.address],
        tls: { caSecretRef: { name: "hbase-ca" }, clientSecretRef: { name: "hbase-client" } },
        kerberos: { principal, servicePrincipal, keytabSecretRef: { name: "hbase-keytab" } },
      },
    });
    await operator.waitUntilReady(dataPlatformKind, { namespace: NAMESPACE, name: "main" });
    const spec = { platformRef: { name: "main" }, families: [{ name: "p" }], deletionPolicy: "Delete" };
    await operator.apply(servingTableKind, AT, spec);
    await operator.waitUntilReady(servingTableKind, AT);
    await operator.delete(servingTableKind, AT);
    await operator.waitUntilGone(servingTableKind, AT);
    expect(await operator.events(AT)).toContainEqual(
      expect.objectContaining({ reason: "Deleted", note: expect.stringContaining("dropped") as string }),
    );
  });

  it("says what it does not take", async () => {
    const stranger = {
      certificate: await readFile(hbase.stranger.certificateFile, "utf8"),
      privateKey: new Secret(await readFile(hbase.stranger.keyFile, "utf8")),
    };
    const { bootstrapServers, tls, kerberos } = right;
    const { certificateAuthority = "" } = tls;
    const { keytab } = (await settingsFor("guest")).kerberos;
    const answers = {
      right: await answerTo(right),
      "without TLS": await answerTo({ bootstrapServers, kerberos }),
      "without a certificate": await answerTo({ ...right, tls: { certificateAuthority } }),
      "with a stranger's": await answerTo({ ...right, tls: { certificateAuthority, client: stranger } }),
      "of another authority": await answerTo({
        ...right,
        tls: { ...tls, certificateAuthority: stranger.certificate },
      }),
      "without Kerberos": await answerTo({ bootstrapServers, tls }),
      "with another's keytab": await answerTo({ ...right, kerberos: { ...kerberos, keytab } }),
      "for another service": await answerTo({
        ...right,
        kerberos: { ...kerberos, servicePrincipal: `other/_HOST@${REALM}` },
      }),
      "right again": await answerTo(right),
    };
    expect(answers).toEqual({
      right: "version 2.6.4-hadoop3",
      "without TLS": expect.stringContaining("as by servers that demand TLS,") as string,
      "without a certificate": expect.stringContaining("TLS connection failed") as string,
      "with a stranger's": expect.stringContaining("TLS connection failed") as string,
      "of another authority": expect.stringContaining("TLS connection failed") as string,
      "without Kerberos": expect.stringContaining("as by servers that demand Kerberos,") as string,
      "with another's keytab": expect.stringContaining("Kerberos failed") as string,
      "for another service": expect.stringContaining("Kerberos failed: GSSException") as string,
      "right again": "version 2.6.4-hadoop3",
    });
  });
});
