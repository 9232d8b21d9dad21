/** Kubernetes quantities (`250m`, `1.5Gi`) as numbers. Pure. */

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/** The value in the base unit (bytes, cores); `undefined` when the text is not a quantity. */
export function parseQuantity(text: string): number | undefined {
  const match = QUANTITY.exec(text);
  if (match === null) return undefined;
  const [, digits, exponent, suffix] = match;
  const factor = exponent === undefined ? FACTORS[suffix ?? ""] : 10 ** Number(exponent);
  if (factor === undefined) return undefined;
  // Twelve significant digits hide the rounding of decimal fractions, so that 0.2 equals 200m.
  return Number((Number(digits) * factor).toPrecision(12));
}

/** Like `parseQuantity`, for texts that the schema has checked. */
export function quantityValue(text: string): number {
  const value = parseQuantity(text);
  if (value === undefined) throw new RangeError(`"${text}" is not a quantity`);
  return value;
}

/** Whole mebibytes of a quantity of bytes, rounded down. */
export function mebibytes(text: string): number {
  return Math.floor(quantityValue(text) / 2 ** 20);
}
