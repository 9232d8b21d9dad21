/** Durations, sizes and compute resources as manifests write them, with the functions that read them. */
import { z } from "zod";
import { parseQuantity, quantityValue } from "../api/quantity.ts";
import { type Rule, patterned, withRules } from "./rules.ts";

const DURATION = /^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$/;
const BYTES = /^([1-9][0-9]{0,11})(Ki|Mi|Gi|Ti|k|M|G|T)?$/;
const CPU = /^([1-9][0-9]{0,5}m|[1-9][0-9]{0,3}(\.[0-9]{1,3})?|0\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$/;

/** Seconds of a duration such as `1h30m`, `45m` or `5s`; NaN when the text is not one. */
export function parseDurationSeconds(text: string): number {
  const match = DURATION.exec(text);
  if (match === null || text === "") return Number.NaN;
  const [hours, minutes, seconds] = match
    .slice(1)
    .map((part: string | undefined) => Number.parseInt(part ?? "0", 10));
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

function exactBytes(text: string): bigint | undefined {
  return BYTES.test(text) ? parseQuantity(text) : undefined;
}

function exactCpu(text: string): bigint | undefined {
  return CPU.test(text) ? parseQuantity(text) : undefined;
}

/** Bytes of a size such as `512Mi` or `10G`; NaN when the text is not one. Exact up to 8 PiB. */
export function parseBytes(text: string): number {
  return BYTES.test(text) ? quantityValue(text) : Number.NaN;
}

/** A duration between two durations, both allowed. */
export function duration(shortest: string, longest: string): z.ZodString {
  return withRules(patterned(DURATION, 17).min(2), [
    {
      rule: `duration(self) >= duration('${shortest}') && duration(self) <= duration('${longest}')`,
      message: `must be a duration from ${shortest} to ${longest}, such as 90s, 30m or 1h30m`,
      holds: (value) =>
        parseDurationSeconds(value) >= parseDurationSeconds(shortest) &&
        parseDurationSeconds(value) <= parseDurationSeconds(longest),
    },
  ]);
}

/** A size in bytes as a Kubernetes quantity between two sizes, both allowed. */
export function byteSize(smallest: string, largest: string): z.ZodString {
  const isWithin = (value: string): boolean => {
    const bytes = exactBytes(value) ?? -1n;
    return bytes >= (exactBytes(smallest) ?? 0n) && bytes <= (exactBytes(largest) ?? 0n);
  };
  return withRules(patterned(BYTES, 14), [
    {
      rule: `quantity(self).compareTo(quantity('${smallest}')) >= 0 && quantity(self).compareTo(quantity('${largest}')) <= 0`,
      message: `must be a size from ${smallest} to ${largest}, such as 512Mi or 10Gi`,
      holds: isWithin,
    },
  ]);
}

function computeAmounts(leastMemory: string) {
  return z.object({
    cpu: patterned(CPU, 8)
      .optional()
      .describe("CPU cores as a Kubernetes quantity in text, for example '500m' or '2'."),
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

function requestWithinLimit(
  resource: "cpu" | "memory",
  parse: (text: string) => bigint | undefined,
): Rule<Resources> {
  return {
    rule: `!has(self.requests) || !has(self.limits) || !has(self.requests.${resource}) || !has(self.limits.${resource})
      || quantity(self.requests.${resource}).compareTo(quantity(self.limits.${resource})) <= 0`,
    message: `requests.${resource} must be at most limits.${resource}; lower the request or raise the limit`,
    fieldPath: `.requests.${resource}`,
    holds: (value) =>
      isAtMost(parse(value.requests?.[resource] ?? ""), parse(value.limits?.[resource] ?? "")),
  };
}

/** What a container gets when the manifest says nothing: small requests, so that all of it fits on a node of two cores. */
export const CONTAINER_DEFAULTS = {
  collector: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  driver: { requests: { cpu: "200m", memory: "1Gi" }, limits: { memory: "1536Mi" } },
  executor: { requests: { cpu: "200m", memory: "1Gi" }, limits: { memory: "1Gi" } },
  trino: { requests: { cpu: "200m", memory: "1536Mi" }, limits: { memory: "2Gi" } },
} as const;

/** Smallest memory limit that each container starts with. */
export const LEAST_MEMORY = { collector: "32Mi", driver: "864Mi", executor: "864Mi", trino: "1Gi" } as const;

/** Requests and limits of one container, with its defaults in the description. */
export function resources(container: keyof typeof CONTAINER_DEFAULTS, title: string) {
  const { requests, limits } = CONTAINER_DEFAULTS[container];
  return withRules(resourcesShape(LEAST_MEMORY[container]), [
    requestWithinLimit("cpu", exactCpu),
    requestWithinLimit("memory", exactBytes),
  ]).describe(
    `Compute resources of ${title}. Default a request of ${requests.cpu} CPU and ${requests.memory}, and a limit of ${limits.memory}.`,
  );
}
