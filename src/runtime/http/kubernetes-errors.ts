/** Classifies what the API server answered, or that it did not answer. The one place that knows status codes. */
import { KubernetesError } from "./kubernetes-client.ts";
import type { KubernetesErrorCode } from "./kubernetes-client.ts";
import { messageOf } from "../../api/text.ts";

interface FailedRequest {
  readonly verb: string;
  readonly path: string;
  readonly signal?: AbortSignal;
}

interface FailedResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** metav1.Status, as far as it is used here. */
export interface ApiStatus {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly field?: string }[];
  };
}

const CODES: Readonly<Record<number, KubernetesErrorCode>> = {
  400: "Invalid",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Gone",
  422: "Invalid",
  429: "TooManyRequests",
};

/** The error for an answer with a status of 400 or more. */
export function errorOfResponse(request: FailedRequest, response: FailedResponse): KubernetesError {
  const status = parseStatus(response.text);
  const code = codeOf(response.statusCode, status);
  const detail = status?.message ?? (response.text.slice(0, 200).trim() || `HTTP ${response.statusCode}`);
  return new KubernetesError(code, `failed to ${request.verb} ${request.path}: ${detail}`, {
    detail,
    httpStatus: response.statusCode,
    retryAfterSeconds: retryAfterOf(response, status),
    fields: (status?.details?.causes ?? []).flatMap(({ field }) => field ?? []),
  });
}

/** The error for a request without an answer: refused, reset, timed out, or ended by its signal. */
export function errorOfFailure(request: FailedRequest, error: unknown): KubernetesError {
  const code = request.signal?.aborted === true ? "Aborted" : "Unavailable";
  return new KubernetesError(code, `failed to ${request.verb} ${request.path}: ${messageOf(error)}`, {
    cause: error,
  });
}

/** Code of a Status, from an answer's body or from an ERROR event within a watch. */
export function codeOf(httpStatus: number, status: ApiStatus | undefined): KubernetesErrorCode {
  if (status?.reason === "Expired") return "Gone";
  if (httpStatus === 409 && status?.reason === "AlreadyExists") return "AlreadyExists";
  if (httpStatus === 403 && isNamespaceTerminating(status)) return "NamespaceTerminating";
  return CODES[httpStatus] ?? (httpStatus >= 500 ? "Unavailable" : "Unexpected");
}

function isNamespaceTerminating(status: ApiStatus | undefined): boolean {
  return (status?.details?.causes ?? []).some((cause) => cause.reason === "NamespaceTerminating");
}

function retryAfterOf(response: FailedResponse, status: ApiStatus | undefined): number | undefined {
  const header = Number(response.headers["retry-after"]);
  const seconds = Number.isFinite(header) ? header : status?.details?.retryAfterSeconds;
  return seconds !== undefined && seconds > 0 ? seconds : undefined;
}

function parseStatus(text: string): ApiStatus | undefined {
  try {
    const parsed = JSON.parse(text) as ApiStatus | null;
    return parsed?.kind === "Status" ? parsed : undefined;
  } catch {
    return undefined;
  }
}
