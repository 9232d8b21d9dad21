/** The platform of a resource: the DataPlatform from the cache, its Secrets as just read. Reads nothing of another namespace. */
import type { KubernetesObject, ResourceKey } from "../api/objects.ts";
import { formatKey, keyOf } from "../api/objects.ts";
import type { DataPlatform, DataPlatformSpec, DataPlatformStatus } from "../crds/kinds.ts";
import { dataPlatformKind, PLATFORM_COMPONENTS } from "../crds/kinds.ts";
import type { ObjectReader, ReconcileContext } from "../runtime/controller.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { Identities } from "./identity.ts";
import { identitiesOf } from "./identity.ts";
import type { Reference } from "./references.ts";
import { secretKeyOf, secretNamesOf } from "./references.ts";
import type { Secret } from "./secret.ts";
import type { SecretReader } from "./secret-reader.ts";
import type { Secrets } from "./secrets.ts";
import { valueAt } from "./secrets.ts";

/** A DataPlatform with its Secrets. Some of them may be missing: each component asks for its own only. */
export interface PresentPlatform {
  readonly state: "present";
  readonly key: ResourceKey;
  readonly spec: DataPlatformSpec;
  readonly identities: Identities;
  readonly secrets: Secrets;
  /** What the probes last found; absent before the first. */
  readonly status?: DataPlatformStatus;
}

/** What a reference to a platform led to. */
export type PlatformState = PresentPlatform | { readonly state: "absent"; readonly key: ResourceKey };

/** The platform, or the `WaitingError` that says that there is none. */
export function requirePresent(platform: PlatformState): PresentPlatform {
  if (platform.state === "present") return platform;
  const { namespace, name } = platform.key;
  throw new WaitingError(
    "PlatformNotFound",
    `DataPlatform "${name}" does not exist in namespace "${namespace}"`,
  );
}

/** What a row of the table leads to; `undefined` where the spec has no such reference. Throws like `valueAt`. */
export function valueOf(reference: Reference, { spec, secrets }: PresentPlatform): Secret | undefined {
  const key = secretKeyOf(reference, spec);
  return key === undefined ? undefined : valueAt(key, secrets);
}

/** A resource that names a platform of its own namespace. */
export interface PlatformUser extends KubernetesObject {
  readonly spec: { readonly platformRef: { readonly name: string } };
}

/** Where the platform of a resource is. */
function platformKeyOf({ metadata, spec }: PlatformUser): ResourceKey {
  return { namespace: metadata.namespace ?? "", name: spec.platformRef.name };
}

/** The platform of a resource, or `undefined` when it is not there (now). */
export function cachedPlatform(
  cache: Pick<ObjectReader, "cached">,
  user: PlatformUser,
): DataPlatform | undefined {
  return cache.cached<DataPlatform>(dataPlatformKind, platformKeyOf(user));
}

/** A platform that nobody asked for in this time is forgotten. Longer than the resync. */
const MEMORY_MS = 600_000;

interface Memory {
  readonly platform: PresentPlatform;
  readonly usedAt: number;
}

/** Reads platforms for all controllers of a process. */
export class PlatformReader {
  readonly #secrets: SecretReader;
  readonly #now: () => number;
  readonly #memories = new Map<string, Memory>();

  /** `now` is in milliseconds and never goes back. */
  constructor(secrets: SecretReader, now: () => number = () => performance.now()) {
    this.#secrets = secrets;
    this.#now = now;
  }

  /** The platform of a resource. Never throws. */
  async read(
    user: PlatformUser,
    pass: Pick<ReconcileContext, "kubernetes" | "hide">,
  ): Promise<PlatformState> {
    const platform = cachedPlatform(pass.kubernetes, user);
    return platform === undefined
      ? { state: "absent", key: platformKeyOf(user) }
      : this.readSecrets(platform, pass);
  }

  /** The platform with its Secrets. Never throws. */
  async readSecrets(platform: DataPlatform, pass: Pick<ReconcileContext, "hide">): Promise<PresentPlatform> {
    const names = secretNamesOf(platform.spec, PLATFORM_COMPONENTS);
    const secrets = await this.#secrets.read(platform, names, pass);
    const { spec, status } = platform;
    const found: PresentPlatform = {
      ...{ state: "present", key: keyOf(platform), spec, identities: identitiesOf(platform), secrets },
      ...(status !== undefined && { status }),
    };
    this.#remember(found);
    return found;
  }

  /** The next pass reads the Secrets of this platform again: a system has refused what was read. */
  forgetSecrets(platform: DataPlatform): void {
    this.#secrets.forget(platform);
  }

  /** The platform as it was not long ago, with what its Secrets last held: for cleaning up after it is gone. */
  lastKnown(key: ResourceKey): PresentPlatform | undefined {
    return this.#memories.get(formatKey(key))?.platform;
  }

  #remember(found: PresentPlatform): void {
    const now = this.#now();
    for (const [id, { usedAt }] of this.#memories) {
      if (now - usedAt >= MEMORY_MS) this.#memories.delete(id);
    }
    const id = formatKey(found.key);
    const before = this.#memories.get(id)?.platform.secrets ?? new Map<string, never>();
    const present = [...found.secrets].filter(([, read]) => read.state === "present");
    this.#memories.set(id, {
      platform: { ...found, secrets: new Map([...before, ...present]) },
      usedAt: now,
    });
  }
}
