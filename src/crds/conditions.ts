/** What the status of every kind has: observedGeneration and conditions that kstatus understands. */
import { z } from "zod";
import { count, listMap, patterned, text } from "./rules.ts";

const condition = z.object({
  type: patterned(/^[A-Za-z][A-Za-z0-9]*$/, 64).describe("What the condition is about, for example Ready."),
  status: z.enum(["True", "False", "Unknown"]).describe("Whether the condition holds."),
  reason: patterned(/^[A-Za-z][A-Za-z0-9]*$/, 64).describe("Why, as one word of a closed list."),
  message: text(32768).describe("Why, for a person, and what to do."),
  observedGeneration: z
    .int()
    .min(0)
    .meta({ format: "int64" })
    .describe("Generation of the spec that the condition was judged by."),
  lastTransitionTime: z
    .string()
    .max(64)
    .meta({ format: "date-time" })
    .describe("When the status of the condition last changed."),
});

/** Fields of every status. */
export const commonStatus = {
  observedGeneration: z
    .int()
    .min(0)
    .meta({ format: "int64" })
    .optional()
    .describe("Generation of the spec that the operator last worked on."),
  conditions: listMap(condition, ["type"], 32)
    .optional()
    .describe("Ready, Reconciling, Stalled and the kind's own conditions, one a type."),
};

/** What `kubectl scale` and autoscalers read of a kind that can be scaled; `pods` says of which. */
export function scaleStatus(pods: string) {
  return z
    .object({
      replicas: count().describe(`Number of ${pods} that there are.`),
      selector: text(1024).describe(`Labels that select ${pods}.`),
    })
    .describe("What kubectl scale and autoscalers read.");
}

/** A time in a status: RFC 3339 in UTC. */
export function timestamp() {
  return z.string().max(64).meta({ format: "date-time" });
}
