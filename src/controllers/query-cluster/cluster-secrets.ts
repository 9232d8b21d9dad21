/** Which keys of which Secrets a cluster needs, and the names that its containers know them by. Pure. */
import { createHash } from "node:crypto";
import type { DataPlatformSpec, QueryClusterSpec } from "../../crds/kinds.ts";
import { referencesOf } from "../../platform/references.ts";
import type { SecretKey } from "../../platform/secrets.ts";

/** The systems of the platform that a cluster reaches. */
export const LAKE_SYSTEMS = ["Storage", "Catalog"] as const;

/** Keys that the user's catalogs name. */
export function catalogSecretKeys(spec: QueryClusterSpec): readonly SecretKey[] {
  const given = (spec.catalogs ?? []).flatMap((catalog) => catalog.secretProperties ?? []);
  return given.map(({ secretRef }) => ({ secret: secretRef.name, key: secretRef.key }));
}

/** Every key that the pods of a cluster refer to. */
export function clusterSecretKeys(platform: DataPlatformSpec, spec: QueryClusterSpec): readonly SecretKey[] {
  return [...referencesOf(platform, LAKE_SYSTEMS), ...catalogSecretKeys(spec)];
}

/** Environment variable of a secret property. The hash keeps apart what the replacement of signs would merge. */
export function secretPropertyVariable(catalog: string, property: string): string {
  const name = `${catalog}_${property}`;
  const digest = createHash("sha256").update(`${catalog}\n${property}`).digest("hex").slice(0, 8);
  return `CATALOG_${name.replaceAll(/[^A-Za-z0-9]/g, "_")}_${digest}`.toUpperCase();
}
