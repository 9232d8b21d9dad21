/** Judges what the probes found: a platform is usable when all of its systems answer. And how its tables are looked after. Pure. */
import type { DataPlatform, DataPlatformSpec } from "../../crds/kinds.ts";
import { CONTAINER_DEFAULTS, dataPlatformKind } from "../../crds/kinds.ts";
import { keyOf } from "../../api/objects.ts";
import type { Reason } from "../../api/reasons.ts";
import { managedLabels } from "../../naming/marks.ts";
import { componentsOf, problemOf } from "../../platform/components.ts";
import type { Component } from "../../platform/references.ts";
import { findWaitingError, WaitingError } from "../../runtime/errors.ts";
import type { ContainerResources } from "../../targets/kubernetes/resources.ts";
import { resolveResources } from "../../targets/kubernetes/resources.ts";
import type { Maker } from "../../workloads/metadata.ts";
import type { GivenPodTemplate } from "../../workloads/pod-template.ts";
import { sparkMemoryProblem } from "../../workloads/spark-memory.ts";
import type { ObservedPlatform } from "./observe.ts";
import { UPKEEP_SYSTEMS } from "./parts.ts";

/** How the Jobs run that look after tables, with nothing left open. */
export interface MaintenanceSettings {
  readonly isSuspended: boolean;
  readonly image: string;
  readonly resources: ContainerResources;
  readonly podTemplate: GivenPodTemplate;
  /** A system without which no table can be looked after does not answer. */
  readonly away: Component | undefined;
  /** Why no Job can be made of the spec. */
  readonly problem: Error | undefined;
}

export interface ValidatedPlatform extends Maker {
  readonly spec: DataPlatformSpec;
  /** What the platform waits for. Tables are looked after all the same while the systems for that answer. */
  readonly waiting: WaitingError | undefined;
  readonly maintenance: MaintenanceSettings;
}

/** How soon a system that does not answer is asked again. */
const RETRY_SECONDS = 10;

/** Throws what came of a Secret that could not be read. `image` is that of the release's Spark programs. */
export function validatePlatform(
  resource: DataPlatform,
  observed: ObservedPlatform,
  image: string,
): ValidatedPlatform {
  const key = keyOf(resource);
  const { spec } = observed.platform;
  return {
    owner: { type: dataPlatformKind, key, uid: resource.metadata.uid ?? "" },
    labels: managedLabels(dataPlatformKind.kind, key.name),
    spec,
    waiting: waitingFor(observed),
    maintenance: maintenanceSettings(spec, observed, image),
  };
}

function maintenanceSettings(
  { maintenance = {} }: DataPlatformSpec,
  { components }: ObservedPlatform,
  image: string,
): MaintenanceSettings {
  const resources = resolveResources(maintenance.resources, CONTAINER_DEFAULTS.batch);
  return {
    isSuspended: maintenance.suspend ?? false,
    image: maintenance.image ?? image,
    resources,
    podTemplate: maintenance.podTemplate,
    away: UPKEEP_SYSTEMS.find((name) => components.get(name)?.state !== "reachable"),
    problem: sparkMemoryProblem("spec.maintenance.resources", resources),
  };
}

/** Names everything that is missing and every system that does not answer; its reason is the first one's. */
function waitingFor(observed: ObservedPlatform): WaitingError | undefined {
  const failures = componentsOf(observed.platform.spec).flatMap((name) => failuresOf(name, observed));
  const [first] = failures;
  if (first === undefined) return undefined;
  // Two systems may lack one and the same Secret.
  const message = [...new Set(failures.map((failure) => failure.message))].join("; ");
  return new WaitingError(first.reason, message, { retryAfterSeconds: RETRY_SECONDS });
}

interface Failure {
  readonly reason: Reason;
  readonly message: string;
}

function failuresOf(name: Component, { platform, components }: ObservedPlatform): readonly Failure[] {
  const problem = problemOf(platform, [name]);
  const missing = findWaitingError(problem);
  if (missing !== undefined) return [missing];
  if (problem !== undefined) throw problem;
  const result = components.get(name);
  return result?.state === "unreachable"
    ? [{ reason: result.reason, message: `${name}: ${result.message}` }]
    : [];
}
