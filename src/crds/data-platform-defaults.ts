/** What absent fields of a DataPlatform mean, and the reference to authorities that all of its connections have. */
import { optionalSecretKey, secretRef } from "./references.ts";

/** What an absent field means; resolved by the controllers, never written into the resource. */
export const DATA_PLATFORM_DEFAULTS = {
  caKey: "ca.crt",
  usernameKey: "username",
  passwordKey: "password",
  accessKeyIdKey: "accessKeyId",
  secretAccessKeyKey: "secretAccessKey",
  tokenKey: "token",
  clientIdKey: "clientId",
  clientSecretKey: "clientSecret",
  scope: "catalog",
  pathStyle: true,
  bundlePrefix: "airflow/dags",
  lineageEndpoint: "api/v1/lineage",
  hbaseUser: "openclickstream",
  keytabKey: "keytab",
  protection: "authentication",
} as const;

/** The Secret with the authorities that a connection trusts. */
export function caSecretRef(text: string) {
  return secretRef({ key: optionalSecretKey(DATA_PLATFORM_DEFAULTS.caKey, "the certificates in PEM form") })
    .optional()
    .describe(text);
}
