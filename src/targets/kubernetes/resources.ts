/** Compute resources of a container: what the user gives over what the operator sets. Pure. */
import type { Resources } from "../../crds/kinds.ts";
import { quantityValue } from "../../api/quantity.ts";

type Immutable<Value> = { readonly [Key in keyof Value]: Immutable<Value[Key]> };

/** What a manifest may say; every part may be absent. */
export type GivenResources = Immutable<Resources> | undefined;

/** Requests are always there, and a limit of memory, because the JVMs are sized by it. */
export interface ContainerResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu?: string; readonly memory: string };
}

/**
 * Field by field what is given, else the default. A default gives way where it would contradict what is given: a request of more
 * memory than the default limit raises the limit, a limit below the default request lowers the request.
 */
export function resolveResources(given: GivenResources, defaults: ContainerResources): ContainerResources {
  const requests = amountsOf(given?.requests);
  const limits = amountsOf(given?.limits);
  const cpuLimit = limits.cpu ?? defaults.limits.cpu;
  const memory = requests.memory ?? smaller(defaults.requests.memory, limits.memory);
  return {
    requests: { cpu: requests.cpu ?? smaller(defaults.requests.cpu, cpuLimit), memory },
    limits: {
      ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }),
      memory: limits.memory ?? larger(defaults.limits.memory, memory),
    },
  };
}

/** Numbers as the texts that the API server makes of them. */
function amountsOf(amounts: NonNullable<GivenResources>["limits"] = {}): { cpu?: string; memory?: string } {
  const { cpu, memory } = amounts;
  return {
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(memory === undefined ? {} : { memory: String(memory) }),
  };
}

/** As a container's `resources`. */
export function containerResources(resources: ContainerResources): {
  requests: Record<string, string>;
  limits: Record<string, string>;
} {
  return { requests: { ...resources.requests }, limits: { ...resources.limits } };
}

function smaller(one: string, other: string | undefined): string {
  return other !== undefined && quantityValue(other) < quantityValue(one) ? other : one;
}

function larger(one: string, other: string): string {
  return quantityValue(other) > quantityValue(one) ? other : one;
}
