/** JSON whose integers may have 64 bits, as snapshot ids do. */

/** Parses JSON; an integer that a JavaScript number cannot hold exactly becomes a bigint. Throws `SyntaxError`. */
export function parseJson(text: string): unknown {
  return JSON.parse(text, keepLargeIntegers);
}

/** Node passes a third argument with the value's text in the source, which the type declarations do not know yet. */
function keepLargeIntegers(
  ...[, value, context]: [key: string, value: unknown, context?: { source?: string }]
): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
