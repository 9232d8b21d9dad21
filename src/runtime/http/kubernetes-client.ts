/** The Kubernetes API as the controllers see it: plain JSON objects, server-side apply, errors classified once. */
import type { ObjectIndex } from "../cache/object-index.ts";
import type { KubernetesObject, ResourceKey, ResourceType } from "../../api/objects.ts";

/** Reads from the caches of the watches: no request, at most seconds old, but never older than an own write. Objects are shared: never change one. */
export interface ObjectReader {
  /** The cached object; `undefined` when there is none (or it lacks the watch's labels). Throws when the kind is not watched. */
  cached<T extends KubernetesObject>(type: ResourceType, key: ResourceKey): T | undefined;
  /** The cached objects that have this value in an index, whatever their number. Throws when the kind is not watched. */
  cachedBy<T extends KubernetesObject>(index: ObjectIndex<T>, value: string): readonly T[];
  /** All cached objects of a namespace (of all, when left out) that carry all these labels, which find them without a look at all. Throws when the kind is not watched. */
  cachedList<T extends KubernetesObject>(type: ResourceType, options?: CachedListOptions): readonly T[];
}

export interface CachedListOptions {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface DeleteOptions {
  /** Deletes only this very object, not a namesake made since. */
  readonly uid?: string;
  /** Default `Background`. */
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
}

/** Every method throws `KubernetesError`. Requests end with the pass's signal. */
export interface KubernetesClient extends ObjectReader {
  /** A live read; `undefined` when there is no such object. */
  get<T extends KubernetesObject>(type: ResourceType, key: ResourceKey): Promise<T | undefined>;
  /**
   * Server-side apply with force under the controller's field manager; `object` holds only the fields that we own. Creates or
   * changes; answers what the API server holds then. With `metadata.uid` it never creates.
   */
  apply<T extends KubernetesObject>(type: ResourceType, object: KubernetesObject): Promise<T>;
  /** What `apply` of an object that is not there would meet (admission, quotas, the schema), without making it. Throws like `apply`. */
  dryRun(type: ResourceType, object: KubernetesObject): Promise<void>;
  /** Deletes; `false` when it was not there or is another object than `uid`. */
  delete(type: ResourceType, key: ResourceKey, options?: DeleteOptions): Promise<boolean>;
}

/** What went wrong, independent of status codes. */
export type KubernetesErrorCode =
  | "NotFound"
  | "Conflict"
  | "AlreadyExists"
  | "Forbidden"
  | "NamespaceTerminating"
  | "Unauthorized"
  | "Invalid"
  | "Gone"
  | "TooManyRequests"
  | "Unavailable"
  | "Aborted"
  | "Unexpected";

/** A refused or failed request. The message names verb and path, never credentials or bodies of requests. */
export class KubernetesError extends Error {
  readonly code: KubernetesErrorCode;
  /** What the server itself said; the message without verb and path. */
  readonly detail: string;
  /** HTTP status; 0 when there was no answer. */
  readonly httpStatus: number;
  /** What the server asked for (`Retry-After`). */
  readonly retryAfterSeconds: number | undefined;
  /** Paths of the fields that the server found fault with, like `spec.partitions`. */
  readonly fields: readonly string[];

  constructor(
    code: KubernetesErrorCode,
    message: string,
    options: {
      detail?: string;
      httpStatus?: number;
      retryAfterSeconds?: number | undefined;
      fields?: readonly string[];
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "KubernetesError";
    this.code = code;
    this.detail = options.detail ?? message;
    this.httpStatus = options.httpStatus ?? 0;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.fields = options.fields ?? [];
  }
}

/** Whether an error is a `KubernetesError` with one of these codes (any, when none is named). */
export function isKubernetesError(error: unknown, ...codes: KubernetesErrorCode[]): error is KubernetesError {
  return error instanceof KubernetesError && (codes.length === 0 || codes.includes(error.code));
}
