/** Sizes and compute resources as manifests write them, with the functions that read them. */
import { z } from "zod";
import type { Quantity } from "../api/quantity.ts";
import { parseQuantity, quantityValue } from "../api/quantity.ts";
import { type Rule, patterned, withRules } from "./rules.ts";

/** Kubernetes' quantities, with digits enough for anything. */
const QUANTITY =
  /^[+-]?([0-9]{1,18}(\.[0-9]{0,9})?|\.[0-9]{1,9})([eE][+-]?[0-9]{1,2}|[numkMGTPE]|[KMGTPE]i)?$/;
const LONGEST_QUANTITY = 32;

/** Bytes of a size such as `512Mi`, `10G` or `1073741824`; NaN when it is not one. Exact up to 8 PiB. */
export function parseBytes(size: Quantity): number {
  return parseQuantity(size) === undefined ? Number.NaN : Math.ceil(quantityValue(size));
}

/** What a field takes that holds a Kubernetes quantity between two, both allowed: text or a whole number, as everywhere in Kubernetes. */
function quantityBetween(
  title: string,
  { least, greatest, examples }: { least: string; greatest: string; examples: string },
): z.ZodUnion<readonly [z.ZodInt, z.ZodString]> {
  const isWithin = (value: Quantity): boolean => {
    const amount = parseQuantity(value);
    return (
      amount !== undefined &&
      amount >= (parseQuantity(least) ?? 0n) &&
      amount <= (parseQuantity(greatest) ?? 0n)
    );
  };
  return withRules(
    z
      .union([z.int().min(0), patterned(QUANTITY, LONGEST_QUANTITY)])
      .meta({ "x-kubernetes-int-or-string": true }),
    [
      {
        rule: `${celQuantity("self")}.compareTo(quantity('${least}')) >= 0 && ${celQuantity("self")}.compareTo(quantity('${greatest}')) <= 0`,
        message: `must be ${title} from ${least} to ${greatest}, such as ${examples}`,
        holds: isWithin,
      },
    ],
  );
}

/** CEL for a quantity that may be a number. */
function celQuantity(value: string): string {
  return `quantity(string(${value}))`;
}

/** A size in bytes as a Kubernetes quantity between two sizes, both allowed. */
export function byteSize(least: string, greatest: string) {
  return quantityBetween("a size", { least, greatest, examples: "512Mi or 10Gi" });
}

function computeAmounts(leastMemory: string) {
  return z.object({
    cpu: quantityBetween("CPU cores", { least: "1m", greatest: "9999", examples: "500m or 2" })
      .optional()
      .describe("CPU cores as a Kubernetes quantity, for example '500m' or 2; a fraction in quotes."),
    memory: byteSize(leastMemory, "16Ti")
      .optional()
      .describe(
        `Memory in bytes as a Kubernetes quantity, for example '512Mi' or '4Gi'; at least ${leastMemory}.`,
      ),
  });
}

function resourcesShape(leastMemoryLimit: string) {
  return z.object({
    requests: computeAmounts("16Mi").optional().describe("What is reserved for the container."),
    limits: computeAmounts(leastMemoryLimit).optional().describe("What the container may use at most."),
  });
}

/** Requests and limits of one container, as a manifest gives them. */
export type Resources = z.infer<ReturnType<typeof resourcesShape>>;

function isAtMost(smaller: bigint | undefined, larger: bigint | undefined): boolean {
  return smaller === undefined || larger === undefined || smaller <= larger;
}

function requestWithinLimit(resource: "cpu" | "memory"): Rule<Resources> {
  return {
    rule: `!has(self.requests) || !has(self.limits) || !has(self.requests.${resource}) || !has(self.limits.${resource})
      || ${celQuantity(`self.requests.${resource}`)}.compareTo(${celQuantity(`self.limits.${resource}`)}) <= 0`,
    message: `requests.${resource} must be at most limits.${resource}; lower the request or raise the limit`,
    fieldPath: `.requests.${resource}`,
    holds: (value) =>
      isAtMost(
        parseQuantity(value.requests?.[resource] ?? ""),
        parseQuantity(value.limits?.[resource] ?? ""),
      ),
  };
}

/** What a container gets when the manifest says nothing: small requests, so that all of it fits on a node of two cores. */
export const CONTAINER_DEFAULTS = {
  collector: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  driver: { requests: { cpu: "200m", memory: "1Gi" }, limits: { memory: "1536Mi" } },
  executor: { requests: { cpu: "200m", memory: "1Gi" }, limits: { memory: "1280Mi" } },
  trino: { requests: { cpu: "200m", memory: "1536Mi" }, limits: { memory: "2Gi" } },
  batch: { requests: { cpu: "200m", memory: "1Gi" }, limits: { memory: "2Gi" } },
  flight: { requests: { cpu: "50m", memory: "512Mi" }, limits: { memory: "1Gi" } },
  profileApi: { requests: { cpu: "100m", memory: "384Mi" }, limits: { memory: "640Mi" } },
} as const;

/** Smallest memory limit that each container starts with. */
export const LEAST_MEMORY = {
  collector: "32Mi",
  driver: "1100Mi",
  executor: "1100Mi",
  trino: "1Gi",
  batch: "1100Mi",
  flight: "512Mi",
  profileApi: "512Mi",
} as const;

/** Requests and limits of one container, with its defaults in the description. */
export function resources(container: keyof typeof CONTAINER_DEFAULTS, title: string) {
  const { requests, limits } = CONTAINER_DEFAULTS[container];
  return withRules(resourcesShape(LEAST_MEMORY[container]), [
    requestWithinLimit("cpu"),
    requestWithinLimit("memory"),
  ]).describe(
    `Compute resources of ${title}. Default a request of ${requests.cpu} CPU and ${requests.memory}, and a limit of ${limits.memory}.`,
  );
}
