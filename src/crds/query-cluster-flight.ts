/** The Arrow Flight SQL gateway of a QueryCluster: what its manifest says of it, and what its status does. */
import { z } from "zod";
import { podTemplate } from "./pod-template.ts";
import { duration } from "./durations.ts";
import { resources } from "./quantities.ts";
import { optionalSecretKey, secretRef } from "./references.ts";
import { serviceSettings, serviceType } from "./service.ts";
import { count, integer, text, withRules } from "./rules.ts";

/** What an absent field of the gateway means. */
export const FLIGHT_DEFAULTS = {
  replicas: 1,
  serviceType: "ClusterIP",
  usersKey: "users",
  signingKey: "key",
  maxQueries: 32,
  idleTime: "5m",
  directReads: false,
} as const;

/** The field for the gateway. */
export const flight = withRules(
  z.object({
    replicas: integer(1, 32)
      .optional()
      .describe(`Number of pods of the gateway. Default ${FLIGHT_DEFAULTS.replicas}.`),
    tls: z
      .object({
        secretRef: secretRef({}).describe(
          "Certificate with its chain and private key: a Secret of the type kubernetes.io/tls, with the keys 'tls.crt' and 'tls.key' (PKCS#8, without a passphrase). " +
            "A renewed one replaces the pods one after the other.",
        ),
      })
      .optional()
      .describe("Encrypts the connections of clients when present. Default none."),
    users: z
      .object({
        secretRef: secretRef({
          key: optionalSecretKey(FLIGHT_DEFAULTS.usersKey, "a line 'name:password' for each user"),
        }).describe("Who may connect. A changed list counts without a restart."),
      })
      .optional()
      .describe(
        "Asks clients for a name and a password when present. Default none: the name that a client gives is believed, as Trino does.",
      ),
    signingKey: z
      .object({
        secretRef: secretRef({
          key: optionalSecretKey(FLIGHT_DEFAULTS.signingKey, "at least 32 random bytes"),
        }).describe("The key."),
      })
      .optional()
      .describe(
        "Key with which the pods sign tokens and tickets, so that each takes those of the others and of those before it. Several replicas need one. " +
          "Default one of the pod's own, so that clients log in again when it is replaced.",
      ),
    maxQueries: integer(1, 10_000)
      .optional()
      .describe(
        `Queries that run or wait for their reader at a time, in one pod; further ones are refused. Default ${FLIGHT_DEFAULTS.maxQueries}.`,
      ),
    idleTime: duration("1s", "1d")
      .optional()
      .describe(
        `How long a client may not read before its query ends. Default '${FLIGHT_DEFAULTS.idleTime}'.`,
      ),
    directReads: z
      .boolean()
      .optional()
      .describe(
        "Whether plain scans of the platform's tables are read from their files and not through Trino, where the result is the same. Trino is asked " +
          `whether the user may read the table, but not for row filters and column masks: with such in the catalog it must be false. Each such read holds a row group of the chosen columns in memory, which no limit bounds yet. Default ${FLIGHT_DEFAULTS.directReads}.`,
      ),
    resources: resources("flight", "the gateway").optional(),
    podTemplate: podTemplate("the gateway's pods"),
    serviceType: serviceType(
      "Type of the gateway's Service. Without users let in only networks that you trust. Default 'ClusterIP'.",
    ),
    service: serviceSettings("the gateway's Service"),
  }),
  [
    {
      rule: "!has(self.replicas) || self.replicas <= 1 || has(self.signingKey)",
      message:
        "signingKey must be given with several replicas, so that each takes the tokens and tickets of the others; make a Secret with 32 random bytes",
      fieldPath: ".signingKey",
      holds: (value) => value.replicas === undefined || value.replicas <= 1 || value.signingKey !== undefined,
    },
    {
      rule: "!has(self.users) || has(self.tls) || !has(self.serviceType) || self.serviceType == 'ClusterIP'",
      message:
        "tls must be given with users and a Service that is reached from outside, since passwords would go in the clear",
      fieldPath: ".tls",
      holds: (value) =>
        value.users === undefined ||
        value.tls !== undefined ||
        (value.serviceType ?? FLIGHT_DEFAULTS.serviceType) === "ClusterIP",
    },
  ],
)
  .optional()
  .describe(
    "A gateway that answers Arrow Flight SQL, ADBC and Flight-JDBC clients. Default none; taken out, the gateway goes.",
  );

/** What the status says of the gateway; absent without one. */
export const flightStatus = z
  .object({
    endpoint: text(1024)
      .optional()
      .describe(
        "Address of the gateway within the cluster, as 'grpc://' or, with TLS, 'grpc+tls://', which ADBC and pyarrow take as it is.",
      ),
    replicas: count().describe("Number of pods that are wanted."),
    readyReplicas: count().describe("Number of pods that answer."),
    certificateExpires: text(64)
      .optional()
      .describe("When the certificate of the Secret ends, in RFC 3339. Absent without TLS."),
  })
  .describe("The Arrow Flight SQL gateway.");
