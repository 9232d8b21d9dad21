/** Kubernetes quantities (`250m`, `1.5Gi`), read exactly. Pure. */

/** A quantity as manifests write it: text, or a whole number of the base unit. */
export type Quantity = string | number;

/** What the smallest suffix counts: a billionth of the base unit (bytes, cores). */
const NANOS_PER_UNIT = 10n ** 9n;

/** Billionths that one of each suffix is. */
const NANOS: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 10n ** 3n,
  m: 10n ** 6n,
  "": NANOS_PER_UNIT,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
  Ki: NANOS_PER_UNIT << 10n,
  Mi: NANOS_PER_UNIT << 20n,
  Gi: NANOS_PER_UNIT << 30n,
  Ti: NANOS_PER_UNIT << 40n,
  Pi: NANOS_PER_UNIT << 50n,
  Ei: NANOS_PER_UNIT << 60n,
};

const QUANTITY = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * The value in billionths of the base unit (bytes, cores), so that any two can be compared; `undefined` when it is not a quantity.
 * What is finer is rounded away from zero, as Kubernetes does.
 */
export function parseQuantity(quantity: Quantity): bigint | undefined {
  const text = String(quantity);
  const match = QUANTITY.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0", suffix = ""] = match;
  const nanos = NANOS[suffix];
  if (nanos === undefined) return undefined;
  const power = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction) * nanos;
  const finest = 10n ** BigInt(Math.max(-power, 0));
  const value = (digits * 10n ** BigInt(Math.max(power, 0)) + finest - 1n) / finest;
  return sign === "-" ? -value : value;
}

/** The value in the base unit, for texts that the schema has checked. Whole numbers are exact up to 8 Pi. */
export function quantityValue(quantity: Quantity): number {
  const value = checkedQuantity(quantity);
  return Number(value / NANOS_PER_UNIT) + Number(value % NANOS_PER_UNIT) / Number(NANOS_PER_UNIT);
}

/** Whole mebibytes of a quantity of bytes, rounded down. */
export function mebibytes(quantity: Quantity): number {
  return Number(checkedQuantity(quantity) / (NANOS_PER_UNIT << 20n));
}

function checkedQuantity(quantity: Quantity): bigint {
  const value = parseQuantity(quantity);
  if (value === undefined) throw new RangeError(`"${quantity}" is not a quantity`);
  return value;
}
