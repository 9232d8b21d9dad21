/** What a pipeline says of its visitors' profiles. */
import { z } from "zod";
import { duration } from "./durations.ts";
import { integer } from "./rules.ts";

/** What an absent field means; resolved by the controller, never written into the resource. */
export const PROFILES_DEFAULTS = { enabled: true, retention: "Unlimited", history: 20 } as const;

export const profiles = z
  .object({
    enabled: z
      .boolean()
      .optional()
      .describe(
        `Whether profiles are kept. Default ${PROFILES_DEFAULTS.enabled} where 'profiles' is given. Switched off, the table stays as it is, and goes on from there.`,
      ),
    retention: duration("1h", "24855d", { orUnlimited: true })
      .optional()
      .describe(
        `How long after a visitor's last event the profile is kept, for example '90d'. Default '${PROFILES_DEFAULTS.retention}'.`,
      ),
    history: integer(1, 100)
      .optional()
      .describe(
        `How many of a visitor's newest events are kept one by one, each with the profile as it was then. Default ${PROFILES_DEFAULTS.history}.`,
      ),
  })
  .describe(
    "One row for each visitor in the platform's HBase: first and last seen, sessions, events by type, last pages, campaigns, user. " +
      "The pipeline creates a ServingTable for it. Default none are kept.",
  );
