/** Generated from contracts/raw-record.yaml by `node scripts/generate.ts`; do not edit. */

/** Request headers, in lower case, that are never captured: their values are secrets. */
export const SECRET_HEADERS: readonly string[] = [
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-api-key",
];
