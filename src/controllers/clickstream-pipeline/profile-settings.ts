/** Profiles and their API with nothing left open. Pure. */
import type { ClickstreamPipeline, DataPlatformSpec } from "../../crds/kinds.ts";
import { CONTAINER_DEFAULTS, PROFILE_API_DEFAULTS, PROFILES_DEFAULTS } from "../../crds/kinds.ts";
import { pipelineChildNames } from "../../naming/children.ts";
import type { ServingTableName } from "../../naming/serving-tables.ts";
import { defaultServingTableName } from "../../naming/serving-tables.ts";
import type { ContainerResources } from "../../targets/kubernetes/resources.ts";
import { resolveResources } from "../../targets/kubernetes/resources.ts";
import type { GivenPodTemplate } from "../../workloads/pod-template.ts";
import { defined } from "./defined.ts";

type ProfilesSpec = NonNullable<ClickstreamPipeline["spec"]["profiles"]>;

/** The service that answers profiles. */
export interface ProfileApiSettings {
  readonly replicas: number;
  readonly resources: ContainerResources;
  readonly podTemplate: GivenPodTemplate;
  readonly tokens: { readonly secret: string; readonly key: string };
  /** `undefined`: it speaks HTTP. */
  readonly tlsSecret: string | undefined;
  readonly limits: Readonly<Record<keyof typeof PROFILE_API_DEFAULTS.limits, number>>;
}

/** Profiles with nothing left open. */
export interface ProfileSettings {
  /** `undefined`: the platform has none that profiles can be kept in yet. */
  readonly hbase: DataPlatformSpec["hbase"];
  /** Fields of the platform's `spec.hbase` that neither the stream job nor the API follows: with any of them, no profiles are kept. */
  readonly unfollowed: readonly string[];
  readonly table: ServingTableName;
  readonly ttl: string;
  readonly history: number;
  readonly identity: {
    readonly maxVisitorsPerUser: number;
    readonly maxUsersPerVisitor: number;
    readonly blockedUsers: readonly string[];
  };
  /** `undefined`: nobody is answered. */
  readonly api: ProfileApiSettings | undefined;
}

/** Who asks HBase how. The stream job and the API speak in clear and as their process's own user. */
const UNFOLLOWED = ["user", "tls", "kerberos"] as const;

/** `undefined` where no profiles are kept. */
export function resolveProfiles(
  { metadata: { name, namespace = "" }, spec }: ClickstreamPipeline,
  { hbase }: DataPlatformSpec,
): ProfileSettings | undefined {
  if (spec.profiles === undefined) return undefined;
  const { enabled, retention, history, identity } = { ...PROFILES_DEFAULTS, ...defined(spec.profiles) };
  if (!enabled) return undefined;
  const table = defaultServingTableName({ namespace, name: pipelineChildNames(name).profiles });
  const unfollowed = UNFOLLOWED.filter((field) => hbase?.[field] !== undefined);
  return {
    // Profiles in clear where the platform wants TLS would be worse than none.
    hbase: unfollowed.length === 0 ? hbase : undefined,
    unfollowed: unfollowed.map((field) => `spec.hbase.${field}`),
    table,
    ttl: retention,
    history,
    identity: { ...PROFILES_DEFAULTS.identity, ...defined(identity) },
    api: resolveApi(spec.profiles.api),
  };
}

function resolveApi(api: ProfilesSpec["api"]): ProfileApiSettings | undefined {
  if (api === undefined) return undefined;
  const { tokensSecretRef, tlsSecretRef } = api;
  return {
    replicas: api.replicas ?? PROFILE_API_DEFAULTS.replicas,
    resources: resolveResources(api.resources, CONTAINER_DEFAULTS.profileApi),
    podTemplate: api.podTemplate,
    tokens: { secret: tokensSecretRef.name, key: tokensSecretRef.key ?? PROFILE_API_DEFAULTS.tokensKey },
    tlsSecret: tlsSecretRef?.name,
    limits: { ...PROFILE_API_DEFAULTS.limits, ...defined(api.limits) },
  };
}
