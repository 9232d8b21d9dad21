/** Which keys of which Secrets a cluster needs, and the names that its containers know them by. Pure. */
import { createHash } from "node:crypto";
import type { DataPlatformSpec, QueryClusterSpec } from "../../crds/kinds.ts";
import type { SecretVariable } from "../../targets/kubernetes/platform-environment.ts";
import { catalogSecrets, storageSecrets } from "../../targets/kubernetes/platform-environment.ts";
import type { SecretKeyReference } from "../../targets/kubernetes/secret-identity.ts";

/** All keys: those of the platform's lake catalog, then those of the user's catalogs. */
export function clusterSecretKeys(
  platform: DataPlatformSpec,
  spec: QueryClusterSpec,
): readonly SecretKeyReference[] {
  const given = (spec.catalogs ?? []).flatMap((catalog) => catalog.secretProperties ?? []);
  return [
    ...lakeSecrets(platform),
    ...given.map(({ secretRef }) => ({ secret: secretRef.name, key: secretRef.key })),
  ];
}

/** What the lake catalog needs of the platform. */
export function lakeSecrets(platform: DataPlatformSpec): readonly SecretVariable[] {
  return [...storageSecrets(platform), ...catalogSecrets(platform)];
}

/** Environment variable of a secret property. The hash keeps apart what the replacement of signs would merge. */
export function secretPropertyVariable(catalog: string, property: string): string {
  const name = `${catalog}_${property}`;
  const digest = createHash("sha256").update(`${catalog}\n${property}`).digest("hex").slice(0, 8);
  return `CATALOG_${name.replaceAll(/[^A-Za-z0-9]/g, "_")}_${digest}`.toUpperCase();
}
