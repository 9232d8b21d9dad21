/** Removes credentials from texts that leave the process (status, Events, logs). Pure. */

const REPLACEMENT = "***";

/** Shorter values would cut ordinary words out of messages. */
const MIN_SECRET_LENGTH = 5;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${REPLACEMENT}@`],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}/gi, `$1 ${REPLACEMENT}`],
  [
    /\b(password|passwd|secret[a-z_-]*key|session[_-]?token|access[_-]?token|x-amz-signature|sasl\.jaas\.config)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi,
    `$1$2${REPLACEMENT}`,
  ],
];

/** The text without the given secret values (also URL-encoded) and without what looks like a credential. */
export function scrub(text: string, secrets: Iterable<string> = []): string {
  let scrubbed = text;
  // The longest first: what is left of a secret after a part of it was replaced would still show.
  for (const secret of [...secrets].toSorted((one, other) => other.length - one.length)) {
    if (secret.length < MIN_SECRET_LENGTH) continue;
    scrubbed = scrubbed.replaceAll(secret, REPLACEMENT).replaceAll(encodeURIComponent(secret), REPLACEMENT);
  }
  for (const [pattern, replacement] of PATTERNS) scrubbed = scrubbed.replace(pattern, replacement);
  return scrubbed;
}

/** A value of JSON with every text in it scrubbed. */
export function scrubAll(value: object, secrets: Iterable<string>): object {
  const scrubText = (_key: string, inner: unknown): unknown =>
    typeof inner === "string" ? scrub(inner, secrets) : inner;
  return JSON.parse(JSON.stringify(value, scrubText)) as object;
}

/** Keys whose values name an account rather than prove it; hiding them would make messages unreadable. */
const PUBLIC_KEY = /user(name)?$|access_?key_?id$|\.crt$/i;

/** Shorter lines of a file are brackets and words like `enabled: true`. */
const MIN_LINE_LENGTH = 8;

/** The values to hide of a Secret as the API server sends it: decoded, each line of several too (systems quote the one they dislike). */
export function secretValues(data: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(data ?? {})
    .filter(([key]) => !PUBLIC_KEY.test(key))
    .map(([, value]) => Buffer.from(value, "base64").toString("utf8").trim())
    .flatMap((text) => [text, ...linesOf(text)]);
}

function linesOf(text: string): readonly string[] {
  if (!text.includes("\n")) return [];
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.length >= MIN_LINE_LENGTH);
}
