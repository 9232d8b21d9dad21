/** S3's errors, classified once: what the runtime should do about them, and a message for the resource's condition. */
import { TransientError, WaitingError } from "../../runtime/errors.ts";
import { scrub } from "../../platform/secret.ts";
import type { StorageSettings } from "../../platform/storage.ts";
import { secretsOf } from "../../platform/storage.ts";

const REFUSED_RETRY_SECONDS = 30;
const BUSY_RETRY_SECONDS = 5;

/** Gives any error of the SDK the class and reason that the runtime acts on. `doing` completes "while …". */
export function classifyStorageError(error: unknown, settings: StorageSettings, doing: string): Error {
  const status = httpStatusOf(error);
  const said = scrub(wordsOf(error), secretsOf(settings));
  const place = `S3 bucket "${settings.bucket}" at ${settings.endpoint}`;
  if (hasNoIdentity(error, settings)) {
    const message =
      `${place} was not asked, because the operator has no identity for it: ${said}; ` +
      "give the operator's ServiceAccount a role, or use spec.storage.credentialsSecretRef";
    return new WaitingError("Unauthorized", message, {
      cause: error,
      retryAfterSeconds: REFUSED_RETRY_SECONDS,
    });
  }
  if (status === undefined) {
    return new WaitingError("StorageUnreachable", `${place} is unreachable: ${said}`, { cause: error });
  }
  return answerToError(status, {
    message: `${place} answered ${status} while ${doing}: ${said}`,
    place,
    cause: error,
  });
}

function answerToError(
  status: number,
  context: { readonly message: string; readonly place: string; readonly cause: unknown },
): Error {
  const { message, place, cause } = context;
  if (status === 401 || status === 403 || isUnknownKey(cause)) {
    return new WaitingError("Unauthorized", message, { cause, retryAfterSeconds: REFUSED_RETRY_SECONDS });
  }
  if (status === 404) return notFound(place, cause);
  if (status >= 300 && status < 400) {
    const hint = `${message}; the bucket is in another region or needs another endpoint`;
    return new WaitingError("StorageUnreachable", hint, { cause, retryAfterSeconds: REFUSED_RETRY_SECONDS });
  }
  if (status === 429 || status === 503) {
    return new WaitingError("StorageUnreachable", message, { cause, retryAfterSeconds: BUSY_RETRY_SECONDS });
  }
  return new TransientError("StorageUnreachable", message, { cause });
}

/** The SDK found nothing to sign requests with. */
function hasNoIdentity(error: unknown, { credentials }: StorageSettings): boolean {
  const names = ["CredentialsProviderError", "TokenProviderError"];
  return credentials.kind === "workload-identity" && error instanceof Error && names.includes(error.name);
}

/** versitygw answers an unknown access key with 404. */
function isUnknownKey(error: unknown): boolean {
  return error instanceof Error && ["XAdminUserNotFound", "InvalidAccessKeyId"].includes(error.name);
}

/** An answer to HEAD has no body, and there some servers hide an unknown access key behind the same status. */
function notFound(place: string, cause: unknown): Error {
  const isBucketMissing = cause instanceof Error && cause.name === "NoSuchBucket";
  const message = isBucketMissing
    ? `${place} does not exist; create the bucket`
    : `${place} was not found; create the bucket, or correct the access key if it is there`;
  return new WaitingError("StorageUnreachable", message, { cause, retryAfterSeconds: REFUSED_RETRY_SECONDS });
}

/** Status of the answer; `undefined` when there was none. */
function httpStatusOf(error: unknown): number | undefined {
  const metadata = (error as { $metadata?: { httpStatusCode?: unknown } }).$metadata;
  return typeof metadata?.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}

const SAYS_NOTHING: ReadonlySet<string> = new Set(["", "Error", "Unknown", "UnknownError"]);

/** An answer to a HEAD request has no words; then the error's name must do. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const words = [error.name, error.message].filter((word) => !SAYS_NOTHING.has(word));
  if (typeof code === "string" && !error.message.includes(code)) words.push(code);
  return [...new Set(words)].join(": ") || "no details";
}
