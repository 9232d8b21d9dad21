/** What a pipeline says of the HTTP service for its profiles. */
import { z } from "zod";
import { podTemplate } from "./pod-template.ts";
import { resources } from "./quantities.ts";
import { optionalSecretKey, secretRef } from "./references.ts";
import { integer } from "./rules.ts";

/** What an absent field means; resolved by the controller, never written into the resource. */
export const PROFILE_API_DEFAULTS = {
  replicas: 2,
  tokensKey: "tokens",
  limits: { requestsPerSecond: 1000, burst: 2000, batchIds: 100, history: 20, streams: 200 },
} as const;

const { limits: LIMITS } = PROFILE_API_DEFAULTS;

// A burst is at least as much as one request can ask for, or no client could ask for it.
const limits = z
  .object({
    requestsPerSecond: integer(1, 1_000_000)
      .optional()
      .describe(
        `Profiles that a client may read in a second on the average, from each replica. Default ${LIMITS.requestsPerSecond}.`,
      ),
    burst: integer(1000, 1_000_000)
      .optional()
      .describe(`Profiles that a client may read at once after a pause. Default ${LIMITS.burst}.`),
    batchIds: integer(1, 1000)
      .optional()
      .describe(`Identifiers in a batch at most. Default ${LIMITS.batchIds}.`),
    history: integer(1, 101)
      .optional()
      .describe(`Versions of a profile in an answer at most. Default ${LIMITS.history}.`),
    streams: integer(1, 2000)
      .optional()
      .describe(`Streams of changes that are open at a time, for each replica. Default ${LIMITS.streams}.`),
  })
  .describe("What the service gives at most.");

export const profileApi = z
  .object({
    replicas: integer(1, 50).optional().describe(`Number of pods. Default ${PROFILE_API_DEFAULTS.replicas}.`),
    resources: resources("profileApi", "a pod of the profile API").optional(),
    podTemplate: podTemplate("pods of the profile API"),
    tokensSecretRef: secretRef({
      key: optionalSecretKey(
        PROFILE_API_DEFAULTS.tokensKey,
        "a line 'client token scope...' for each client",
      ),
    }).describe(
      "Who may read. A scope is 'namespace/pipeline', 'namespace/*' or '*'. Changes take effect without a restart.",
    ),
    tlsSecretRef: secretRef({})
      .optional()
      .describe(
        "Secret of type kubernetes.io/tls, its key in PKCS#8, with which the service speaks HTTPS. Default HTTP.",
      ),
    limits: limits.optional(),
  })
  .describe("An HTTP service that answers profiles. Default none.");
