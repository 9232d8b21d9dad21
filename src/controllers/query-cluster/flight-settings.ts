/** The Flight SQL gateway of a cluster with all defaults resolved. Pure. */
import type { DataPlatformSpec, QueryClusterSpec } from "../../crds/kinds.ts";
import { CONTAINER_DEFAULTS, FLIGHT_DEFAULTS, parseBytes, parseDurationSeconds } from "../../crds/kinds.ts";
import { referencesOf } from "../../platform/references.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { ContainerResources } from "../../targets/kubernetes/resources.ts";
import { resolveResources } from "../../targets/kubernetes/resources.ts";
import type { GivenPodTemplate } from "../../workloads/pod-template.ts";
import type { Workload } from "../../workloads/secrets.ts";
import { hashInUse, secretsHash } from "../../workloads/secrets.ts";
import { LAKE_SYSTEMS } from "./cluster-secrets.ts";
import type { FlightFiles } from "./flight-secrets.ts";
import { canStartWith, flightFiles } from "./flight-secrets.ts";

/** A gateway with nothing left open. */
export interface FlightSettings {
  readonly replicas: number;
  readonly resources: ContainerResources;
  /** For record batches, outside of the heap. */
  readonly batchMebibytes: number;
  readonly maxQueries: number;
  readonly idleSeconds: number;
  readonly directReads: boolean;
  readonly files: FlightFiles;
  /** Of the values that its pods get once, when they start. */
  readonly secretsHash: string;
  readonly podTemplate: GivenPodTemplate;
  readonly serviceType: "ClusterIP" | "NodePort" | "LoadBalancer";
  readonly service: NonNullable<NonNullable<QueryClusterSpec["flight"]>["service"]>;
}

const RESOURCES: ContainerResources = CONTAINER_DEFAULTS.flight;
/** The heap takes four tenths; the rest is the JVM's own and the buffers of the network. */
const BATCH_SHARE = 0.25;

/** What a gateway depends on beside its own part of the spec. */
export interface FlightSurroundings {
  readonly platform: DataPlatformSpec;
  readonly secrets: Secrets;
  /** Its Deployment as it is there; `undefined` before it was first made. */
  readonly workload: Workload | undefined;
}

/** `undefined` without a gateway. */
export function resolveFlight(
  { flight }: QueryClusterSpec,
  { platform, secrets, workload }: FlightSurroundings,
): FlightSettings | undefined {
  if (flight === undefined) return undefined;
  const resources = resolveResources(flight.resources, RESOURCES);
  const directReads = flight.directReads ?? FLIGHT_DEFAULTS.directReads;
  const files = flightFiles(flight);
  // Users are read again by the gateway itself.
  const keys = [
    ...[files.certificate, files.privateKey, files.signingKey].filter((file) => file !== undefined),
    ...(directReads ? referencesOf(platform, LAKE_SYSTEMS) : []),
  ];
  return {
    replicas: flight.replicas ?? FLIGHT_DEFAULTS.replicas,
    resources,
    batchMebibytes: Math.floor((parseBytes(resources.limits.memory) * BATCH_SHARE) / 2 ** 20),
    maxQueries: flight.maxQueries ?? FLIGHT_DEFAULTS.maxQueries,
    idleSeconds: parseDurationSeconds(flight.idleTime ?? FLIGHT_DEFAULTS.idleTime),
    directReads,
    files,
    secretsHash: keptHash(files, secrets, workload) ?? secretsHash(keys, secrets),
    podTemplate: flight.podTemplate,
    serviceType: flight.serviceType ?? FLIGHT_DEFAULTS.serviceType,
    service: flight.service ?? {},
  };
}

/** Pods that work keep their values while a Secret cannot be read, is gone or is of no use: others could not start. */
function keptHash(files: FlightFiles, secrets: Secrets, workload: Workload | undefined): string | undefined {
  return workload === undefined || canStartWith(files, secrets) ? undefined : hashInUse(workload);
}
