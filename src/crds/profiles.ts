/** What a pipeline says of its visitors' profiles. */
import { z } from "zod";
import { duration } from "./durations.ts";
import { profileApi } from "./profile-api.ts";
import { integer, text, textSet } from "./rules.ts";

/** What an absent field means; resolved by the controller, never written into the resource. */
export const PROFILES_DEFAULTS = {
  enabled: true,
  retention: "Unlimited",
  history: 20,
  identity: {
    maxVisitorsPerUser: 20,
    maxUsersPerVisitor: 1,
    blockedUsers: ["null", "undefined", "none", "guest", "anonymous", "unknown", "test", "0", "-1"],
  },
} as const;

const identity = z
  .object({
    maxVisitorsPerUser: integer(1, 1000)
      .optional()
      .describe(
        `A user whom 'identify' events tied to more visitors is no single person, and none of them is merged. Default ${PROFILES_DEFAULTS.identity.maxVisitorsPerUser}.`,
      ),
    maxUsersPerVisitor: integer(1, 100)
      .optional()
      .describe(
        `A visitor whom 'identify' events tied to more users is a device that people share, and is merged into none. Default ${PROFILES_DEFAULTS.identity.maxUsersPerVisitor}.`,
      ),
    blockedUsers: textSet(text(128).describe("User id in small or capital letters, as 'guest'."), 100)
      .optional()
      .describe(
        `User ids that stand for nobody and tie nothing. Default ${PROFILES_DEFAULTS.identity.blockedUsers.map((id) => `'${id}'`).join(", ")}.`,
      ),
  })
  .describe("Which visitors are taken for one user, by events of type 'identify' with a user id.");

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
    identity: identity.optional(),
    api: profileApi.optional(),
  })
  .describe(
    "One row for each visitor in the platform's HBase: first and last seen, sessions, events by type, last pages, campaigns, user. " +
      "The pipeline creates a ServingTable for it. Default none are kept.",
  );
