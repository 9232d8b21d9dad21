/** What can go wrong with a question to Trino. */

export type TrinoErrorCode = "Unreachable" | "Unexpected" | "Timeout" | "QueryFailed";

/** The message holds what Trino said, first line only; catalogs' secrets are never part of it. */
export class TrinoError extends Error {
  readonly code: TrinoErrorCode;
  /** Trino's own name of a failed query, such as `CATALOG_NOT_FOUND`. */
  readonly errorName: string | undefined;

  constructor(code: TrinoErrorCode, message: string, errorName?: string) {
    super(message);
    this.name = "TrinoError";
    this.code = code;
    this.errorName = errorName;
  }
}

export function isTrinoError(error: unknown): error is TrinoError {
  return error instanceof TrinoError;
}
