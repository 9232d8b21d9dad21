/** Rules that JSON Schema cannot say: each is CEL for the API server and a predicate for zod, told in one place. */
import { z } from "zod";

/** A rule about a value, mirrored in CEL and in TypeScript. Both must agree; test/integration/crds.test.ts fuzzes that. */
export interface Rule<Value> {
  /** CEL; `self` is the value. */
  readonly rule: string;
  /** What must be true and what to do, in lower case; the API server puts the field's path before it. */
  readonly message: string;
  /** Path of the field at fault below the value, for example `.requests.cpu`. Default the value itself. */
  readonly fieldPath?: string;
  /** The same rule for zod. It may see a value that breaks other rules and must answer without throwing. */
  readonly holds: (value: Value) => boolean;
}

/** A rule about a change: CEL only, because zod sees one object and not its past. */
export interface TransitionRule {
  /** CEL; `self` is the new value, `oldSelf` the present one. */
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

/** One element of `x-kubernetes-validations`. */
export interface KubernetesValidation {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

function isRule<Value>(rule: Rule<Value> | TransitionRule): rule is Rule<Value> {
  return "holds" in rule;
}

/** A text as CEL writes it, for patterns above all. */
export function celText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** What the CRD carries of a rule. */
export function toKubernetesValidation(rule: TransitionRule): KubernetesValidation {
  const { message, fieldPath } = rule;
  return { rule: rule.rule.replace(/\s+/g, " "), message, ...(fieldPath === undefined ? {} : { fieldPath }) };
}

/** Adds rules to a schema, to both of its readers. Call it once a schema: a second call would replace the CEL of the first. */
export function withRules<Schema extends z.ZodType>(
  schema: Schema,
  rules: readonly (Rule<z.output<Schema>> | TransitionRule)[],
): Schema {
  let refined = schema;
  for (const rule of rules) {
    if (isRule<z.output<Schema>>(rule)) {
      const path = rule.fieldPath === undefined ? [] : rule.fieldPath.split(".").slice(1);
      refined = refined.refine(rule.holds, { message: rule.message, path });
    }
  }
  return refined.meta({ "x-kubernetes-validations": rules.map(toKubernetesValidation) });
}

/** A list whose elements server-side apply merges by key; the API server refuses two elements with equal keys. */
export function listMap<Element extends z.ZodObject, Keys extends readonly string[]>(
  element: Element,
  keys: Keys,
  maxItems: number,
): z.ZodArray<Element> {
  const keyOf = (item: Record<string, unknown>): string => JSON.stringify(keys.map((key) => item[key]));
  return z
    .array(element)
    .max(maxItems)
    .refine((items) => new Set(items.map(keyOf)).size === items.length, {
      message: `must not hold two elements with the same ${keys.join(" and ")}`,
    })
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys });
}

/** A list of different texts, merged by server-side apply. */
export function textSet<Element extends z.ZodType<string>>(
  element: Element,
  maxItems: number,
): z.ZodArray<Element> {
  return z
    .array(element)
    .max(maxItems)
    .refine((items) => new Set(items).size === items.length, { message: "must not hold the same text twice" })
    .meta({ "x-kubernetes-list-type": "set" });
}

/** Free text. Lengths count characters, as the API server does, not the UTF-16 units that zod's own `max` counts. */
export function text(maxLength: number): z.ZodString {
  return z
    .string()
    .refine((value) => [...value].length <= maxLength, {
      message: `must be at most ${maxLength} characters long`,
    })
    .meta({ maxLength });
}

/** Text of a form. The pattern must be anchored, match ASCII only and be RE2: no look-around, no back-reference. */
export function patterned(pattern: RegExp, maxLength: number): z.ZodString {
  return z.string().min(1).max(maxLength).regex(pattern);
}

/** A map from text to text; keys start with a letter. */
export function textMap(
  maxProperties: number,
  maxValueLength: number,
): z.ZodRecord<z.ZodString, z.ZodString> {
  return z.record(z.string(), text(maxValueLength)).meta({ maxProperties });
}

/** Keys of a `textMap`: 1 to 128 characters, a letter first. */
export const MAP_KEY_RULE: Rule<Readonly<Record<string, string>>> = {
  rule: "self.all(key, key.matches('^[A-Za-z][A-Za-z0-9._-]{0,127}$'))",
  message:
    "keys must start with a letter and hold only letters, digits, '.', '_' and '-', at most 128 characters",
  holds: (map) => Object.keys(map).every((key) => /^[A-Za-z][A-Za-z0-9._-]{0,127}$/.test(key)),
};

/** A whole number within bounds. */
export function integer(minimum: number, maximum: number): z.ZodInt {
  return z.int().min(minimum).max(maximum);
}

/** A whole number from 0 to the largest that JavaScript holds exactly, for counters in a status. */
export function count(): z.ZodInt {
  return z.int().min(0).max(Number.MAX_SAFE_INTEGER).meta({ format: "int64" });
}
