/** How people confirm changes that lose data; the same for every kind that has such changes. */
import { z } from "zod";
import { timestamp } from "./conditions.ts";
import { text } from "./rules.ts";

/** What an absent `approval` means. */
export const DEFAULT_APPROVAL = "Required";

/** `spec.approval`. */
export const approvalMode = z
  .enum(["Required", "Automatic"])
  .optional()
  .describe(
    `Whether changes that lose data wait until a person confirms them. Default '${DEFAULT_APPROVAL}'. Automatic: the manifest is enough.`,
  );

export type ApprovalMode = NonNullable<z.infer<typeof approvalMode>>;

const hash = text(64).describe("Stands for this change of this resource, and for no other.");

/** Fields of a status: what waits for a confirmation, and what was last confirmed. */
export const approvalStatus = {
  awaitsApproval: z
    .object({
      hash,
      losses: z.array(text(1024)).max(100).describe("What would be lost."),
      command: text(1024).describe("The command that confirms it."),
    })
    .optional()
    .describe("What waits until a person confirms it, as data would be lost."),
  approved: z
    .object({ hash, time: timestamp().describe("When it was carried out.") })
    .optional()
    .describe("The confirmed change that was last carried out."),
};
