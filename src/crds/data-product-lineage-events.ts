/** What a DataProduct's status says of the OpenLineage events that the platform's receiver was told. */
import { z } from "zod";
import { timestamp } from "./conditions.ts";
import { MAX_EARLIER_RUNS, RUN_STATES, runId } from "./data-product-runs.ts";
import { count, listMap, text } from "./rules.ts";

export const MAX_REFUSAL = 512;

const toldRun = z
  .object({
    id: runId,
    state: z.enum(RUN_STATES).describe("The last state that the receiver was told."),
    endedAt: timestamp().optional().describe("End of the run that it was told."),
  })
  .describe("One run that the receiver was told of.");

export const lineageEventsStatus = z
  .object({
    receiver: text(64).describe(
      "Hash of the receiver's address and the namespace of the jobs: another receiver is told anew.",
    ),
    planHash: text(128).optional().describe("The planHash whose job the receiver was told."),
    runs: listMap(toldRun, ["id"], MAX_EARLIER_RUNS + 1)
      .optional()
      .describe("Runs that the receiver was told of, as far as this status remembers them."),
    dropped: count()
      .optional()
      .describe(
        "Events that the receiver never got: it refused them, or was away until this status had forgotten their runs.",
      ),
    refusal: text(MAX_REFUSAL)
      .optional()
      .describe("What the receiver said of the last event, where it refused that."),
  })
  .describe("What the platform's receiver of OpenLineage events was told.");
