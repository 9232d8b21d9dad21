/** Generated from contracts/raw-record.yaml by `node scripts/generate.ts`; do not edit. */

/** What is kept of client addresses. */
export const IP_MASKINGS = ["None", "LastOctet", "Drop"] as const;

/** One of them. */
export type IpMasking = (typeof IP_MASKINGS)[number];

/** Request headers, in lower case, that are never captured: their values are secrets. */
export const SECRET_HEADERS: readonly string[] = [
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-api-key",
];
