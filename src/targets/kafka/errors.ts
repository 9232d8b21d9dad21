/** Kafka's errors, classified once: what the runtime should do about them, and a message for the resource's condition. */
import { messageOf } from "../../api/text.ts";
import { TerminalError, TransientError, WaitingError } from "../../runtime/errors.ts";
import { scrub } from "../../platform/secret.ts";
import type { KafkaSettings } from "../../platform/kafka.ts";
import { secretsOf } from "../../platform/kafka.ts";

/** Error names of the Kafka protocol that only a changed manifest can help. */
const INVALID: ReadonlySet<string> = new Set([
  "INVALID_CONFIG",
  "INVALID_TOPIC_EXCEPTION",
  "INVALID_PARTITIONS",
  "INVALID_REPLICATION_FACTOR",
  "INVALID_REPLICA_ASSIGNMENT",
  "INVALID_REQUEST",
  "POLICY_VIOLATION",
]);

/** What a broker's alert is called here; TLS has no names of Kafka's. */
const CERTIFICATE_REFUSED = "CERTIFICATE_REFUSED";

/** Error names that say that the credentials are wrong or lack a right. */
const REFUSED: ReadonlySet<string> = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "ILLEGAL_SASL_STATE",
  "SECURITY_DISABLED",
  CERTIFICATE_REFUSED,
]);

/** Alerts of TLS by which a broker says that it does not take the client's certificate, as OpenSSL names them. */
const CERTIFICATE_ALERT = /^ERR_SSL_.*_ALERT_(.*CERTIFICATE.*|UNKNOWN_CA|ACCESS_DENIED)$/;

/** Error names of a broker that is there but must be asked again a little later. */
const UNSETTLED: ReadonlySet<string> = new Set([
  "THROTTLING_QUOTA_EXCEEDED",
  "TOPIC_ALREADY_EXISTS",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "UNKNOWN_TOPIC_ID",
  "LEADER_NOT_AVAILABLE",
  "REASSIGNMENT_IN_PROGRESS",
]);

const UNSETTLED_RETRY_SECONDS = 1;
const REFUSED_RETRY_SECONDS = 30;

/** An error of one item, or of a whole request, as the protocol's name and the broker's words. */
export interface KafkaFailure {
  /** Like `INVALID_CONFIG`; `undefined` when no broker answered. */
  readonly code: string | undefined;
  readonly message: string;
}

/** Gives any error of the client library the class and reason that the runtime acts on. `doing` completes "while …". */
export function classifyKafkaError(error: unknown, settings: KafkaSettings, doing: string): Error {
  return failureToError(readFailure(error), { settings, doing, cause: error });
}

/** The class of one item's failure. */
export function failureToError(
  failure: KafkaFailure,
  context: { readonly settings: KafkaSettings; readonly doing: string; readonly cause?: unknown },
): Error {
  const { code } = failure;
  const said = scrub(failure.message, secretsOf(context.settings));
  const options = context.cause === undefined ? {} : { cause: context.cause };
  const servers = context.settings.bootstrapServers.join(",");
  if (code === undefined) {
    return new WaitingError("KafkaUnreachable", `Kafka at ${servers} is unreachable: ${said}`, options);
  }
  const message = `Kafka answered ${code} while ${context.doing}: ${said}`;
  if (INVALID.has(code)) return new TerminalError("InvalidSpec", message, options);
  if (REFUSED.has(code)) {
    const retryAfterSeconds = REFUSED_RETRY_SECONDS;
    return new WaitingError("Unauthorized", message, { ...options, retryAfterSeconds });
  }
  if (UNSETTLED.has(code)) {
    const retryAfterSeconds = UNSETTLED_RETRY_SECONDS;
    return new WaitingError("NotSettled", message, { ...options, retryAfterSeconds });
  }
  if (code === "UNSUPPORTED_VERSION") {
    return new WaitingError(
      "KafkaUnreachable",
      `Kafka at ${servers} is too old: 3.1 or newer is needed`,
      options,
    );
  }
  return new TransientError("KafkaUnreachable", message, options);
}

/** The most telling part of an error tree: a broker's answer before a network failure. */
export function readFailure(error: unknown): KafkaFailure {
  const leaves = [...walk(error, 0)];
  const answered = leaves.find((leaf) => leaf.code !== undefined);
  if (answered !== undefined) return answered;
  const messages = [...new Set(leaves.map((leaf) => leaf.message))].filter((message) => message !== "");
  return { code: undefined, message: messages.join("; ") || "no answer" };
}

/** Whether it says that a broker does not take the certificate that it was shown. */
export function isCertificateRefusal(error: unknown): boolean {
  return readFailure(error).code === CERTIFICATE_REFUSED;
}

const MAX_DEPTH = 8;

/** Innermost errors, first to last. The library nests them in `errors` and `cause`. */
function* walk(error: unknown, depth: number): Generator<KafkaFailure> {
  const answer = readAnswer(error);
  const causes = depth < MAX_DEPTH ? causesOf(error) : [];
  if (answer !== undefined) yield answer;
  else if (causes.length === 0) yield { code: undefined, message: messageOf(error) };
  else for (const cause of causes) yield* walk(cause, depth + 1);
}

/** A broker's answer, which the library turns into errors of its own. */
function readAnswer(error: unknown): KafkaFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { apiId, serverErrorMessage, code } = error as Partial<Record<string, unknown>> & Error;
  if (typeof apiId === "string") {
    return {
      code: apiId,
      message: typeof serverErrorMessage === "string" ? serverErrorMessage : error.message,
    };
  }
  if (code === "PLT_KFK_AUTHENTICATION" && causesOf(error).length === 0) {
    return { code: "SASL_AUTHENTICATION_FAILED", message: error.message };
  }
  if (typeof code === "string" && CERTIFICATE_ALERT.test(code)) {
    return { code: CERTIFICATE_REFUSED, message: `it does not take the client's certificate (${code})` };
  }
  return undefined;
}

function causesOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const inner =
    error instanceof AggregateError ? [...(error.errors as unknown[]), error.cause] : [error.cause];
  return inner.filter((cause) => cause !== undefined && cause !== null);
}
