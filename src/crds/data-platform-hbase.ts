/** DataPlatform: where HBase is, and with what the operator is let in. */
import { z } from "zod";
import { DATA_PLATFORM_DEFAULTS, caSecretRef } from "./data-platform-defaults.ts";
import { hostAndPort, optionalSecretKey, secretRef } from "./references.ts";
import { patterned, textSet, withRules } from "./rules.ts";

/** A name and what is to be told apart by it, then the realm. */
const principal = patterned(/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)?@[A-Za-z0-9._-]+$/, 256);

/** The field for HBase. */
export const hbase = withRules(
  z.object({
    bootstrapServers: textSet(hostAndPort.describe("host:port of a master or a region server."), 32)
      .min(1)
      .describe("Servers to begin with, each as host:port: masters or region servers of HBase 2.5 or newer."),
    user: patterned(/^[A-Za-z0-9._-]+$/, 64)
      .optional()
      .describe(
        `Name to be known by where HBase believes its clients. Default '${DATA_PLATFORM_DEFAULTS.hbaseUser}'.`,
      ),
    tls: z
      .object({
        caSecretRef: caSecretRef("Certificate authorities to trust. Default those of the Java runtime."),
        clientSecretRef: secretRef({})
          .optional()
          .describe(
            "Certificate to show to the servers, and its private key: a Secret of the type kubernetes.io/tls, with the keys 'tls.crt' and " +
              "'tls.key' (PKCS#8, without a passphrase). HBase asks for one unless it was told not to. Default none.",
          ),
      })
      .optional()
      .describe("Encrypts the connections when present (HBase 2.6 or newer). Default none."),
    kerberos: z
      .object({
        principal: principal.describe("Who the operator is, for example 'openclickstream@EXAMPLE.COM'."),
        keytabSecretRef: secretRef({
          key: optionalSecretKey(DATA_PLATFORM_DEFAULTS.keytabKey, "the keytab"),
        }).describe("Keytab of the principal."),
        servicePrincipal: principal.describe(
          "Principal of masters and region servers, for example 'hbase/_HOST@EXAMPLE.COM', where _HOST stands for the name of each.",
        ),
        protection: z
          .enum(["authentication", "integrity", "privacy"])
          .optional()
          .describe(
            `What is done with what is sent, as hbase.rpc.protection of the servers. Default '${DATA_PLATFORM_DEFAULTS.protection}'.`,
          ),
      })
      .optional()
      .describe(
        "Authenticates by Kerberos when present. The realm's servers are in the krb5.conf of the administration of HBase. Default none.",
      ),
  }),
  [
    {
      rule: "!has(self.user) || !has(self.kerberos)",
      message: "user must be absent when kerberos is given, whose principal says who it is",
      fieldPath: ".user",
      holds: ({ user, kerberos }) => user === undefined || kerberos === undefined,
    },
  ],
).describe("HBase, which serves rows by their keys. Default none.");
