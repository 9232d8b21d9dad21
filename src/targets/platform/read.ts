/** Reads a DataPlatform from the cache and its Secrets live; does not write, and reads nothing of another namespace. */
import type { DataPlatform } from "../../crds/kinds.ts";
import { dataPlatformKind } from "../../crds/kinds.ts";
import type {
  KubernetesClient,
  KubernetesObject,
  ObjectReader,
  ResourceKey,
  ResourceType,
} from "../../runtime/controller.ts";
import type { PlatformState, SecretContents } from "./settings.ts";
import { resolveSettings, secretNamesOf } from "./settings.ts";

export { requirePlatform } from "./settings.ts";

const SECRETS: ResourceType = { group: "", version: "v1", kind: "Secret", plural: "secrets" };

interface SecretObject extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** A resource that names a platform of its own namespace. */
export interface PlatformUser extends KubernetesObject {
  readonly spec: { readonly platformRef: { readonly name: string } };
}

/** Where the platform of a resource is. */
export function platformKeyOf({ metadata, spec }: PlatformUser): ResourceKey {
  return { namespace: metadata.namespace ?? "", name: spec.platformRef.name };
}

/** The platform of a resource, or `undefined` when it is not there (now). */
export function cachedPlatform(cache: ObjectReader, user: PlatformUser): DataPlatform | undefined {
  return cache.cached<DataPlatform>(dataPlatformKind, platformKeyOf(user));
}

/** The platform that `name` refers to in a namespace. Never throws: a failed read is `unknown`. */
export async function readPlatform(kubernetes: KubernetesClient, key: ResourceKey): Promise<PlatformState> {
  const platform = kubernetes.cached<DataPlatform>(dataPlatformKind, key);
  if (platform === undefined) {
    const message = `DataPlatform "${key.name}" does not exist in namespace "${key.namespace}"`;
    return { state: "missing", reason: "PlatformNotFound", message };
  }
  return readPlatformSecrets(kubernetes, platform);
}

/** The platform with its Secrets. Never throws: a failed read is `unknown`. */
export async function readPlatformSecrets(
  kubernetes: KubernetesClient,
  platform: DataPlatform,
): Promise<PlatformState> {
  const namespace = platform.metadata.namespace ?? "";
  try {
    return resolveSettings(platform, await readSecrets(kubernetes, namespace, secretNamesOf(platform.spec)));
  } catch (error) {
    return { state: "unknown", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function readSecrets(
  kubernetes: KubernetesClient,
  namespace: string,
  names: readonly string[],
): Promise<SecretContents> {
  const found = await Promise.all(
    names.map(async (name) => kubernetes.get<SecretObject>(SECRETS, { namespace, name })),
  );
  return new Map(
    found.filter((secret) => secret !== undefined).map((secret) => [secret.metadata.name, decode(secret)]),
  );
}

function decode(secret: SecretObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secret.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, "base64").toString("utf8"),
    ]),
  );
}
