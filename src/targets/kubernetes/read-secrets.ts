/** Reads who Secrets are, and which keys they have; their values are dropped at once. */
import type { KubernetesClient } from "../../runtime/http/kubernetes-client.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import type { SecretIdentities } from "./secret-identity.ts";
import { secretIdentity } from "./secret-identity.ts";

const SECRET_TYPE: ResourceType = { group: "", version: "v1", kind: "Secret", plural: "secrets" };

interface SecretObject extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** Live reads, because the operator may not list Secrets and so cannot watch them. */
export async function readSecretIdentities(
  namespace: string,
  names: readonly string[],
  kubernetes: KubernetesClient,
): Promise<SecretIdentities> {
  const found = await Promise.all(
    names.map(async (name) => kubernetes.get<SecretObject>(SECRET_TYPE, { namespace, name })),
  );
  const entries = found
    .filter((secret) => secret !== undefined)
    .map(
      (secret) =>
        [secret.metadata.name, secretIdentity(secret.metadata, Object.keys(secret.data ?? {}))] as const,
    );
  return new Map(entries);
}
