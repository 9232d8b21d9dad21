/** Generated from contracts/raw-record.yaml by `node scripts/generate.ts`; do not edit. */

/** What is kept of client addresses. */
export const IP_MASKINGS = ["None", "LastOctet", "Drop"] as const;

/** One of them. */
export type IpMasking = (typeof IP_MASKINGS)[number];

/** What programs write as an identifier for want of one, in small letters. */
export const ABSENT_IDS: readonly string[] = [
  "null",
  "(null)",
  "undefined",
  "none",
  "nil",
  "nan",
  "[object object]",
  "00000000-0000-0000-0000-000000000000",
  "00000000000000000000000000000000",
  "guest",
];

/** Request headers, in lower case, that are never captured: their values are secrets. */
export const SECRET_HEADERS: readonly string[] = [
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-api-key",
];
