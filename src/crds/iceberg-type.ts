/** The forms of an Iceberg type as text that the API server can check: scalars exactly, nested types by their tokens. */
import { type Rule, celText, patterned, withRules } from "./rules.ts";

const PLAIN = "boolean|int|long|float|double|date|time|timestamp|timestamptz|string|uuid|binary";
const SIZED = "decimal\\((3[0-8]|[12][0-9]|[1-9]),(3[0-8]|[12]?[0-9])\\)|fixed\\([1-9][0-9]{0,5}\\)";
const SCALAR = `(${PLAIN}|${SIZED})`;
const FIELD = "[A-Za-z_][A-Za-z0-9_]*:";
const OPENINGS = `(list<|map<|struct<${FIELD})*`;

/** Every token is right and follows one that it may follow; the API server prices a rule by the length of its patterns. */
const TOKENS = `^${OPENINGS}${SCALAR}>*(,(${FIELD})?${OPENINGS}${SCALAR}>*)*$`;
const NESTED_OR_ALONE = "^((list|map|struct)<|[a-z]+(\\([0-9,]+\\))?$)";
const ANY_SCALAR = "[a-z]+(\\([0-9,]+\\))?";
const WRONG_ARITY = `list<${ANY_SCALAR},|map<${ANY_SCALAR}>|map<${ANY_SCALAR},(${FIELD}|${ANY_SCALAR},)`;

const TOKENS_REGEX = new RegExp(TOKENS);
const NESTED_OR_ALONE_REGEX = new RegExp(NESTED_OR_ALONE);
const WRONG_ARITY_REGEX = new RegExp(WRONG_ARITY);

const rules: readonly Rule<string>[] = [
  {
    rule: `self.matches(${celText(TOKENS)}) && self.matches(${celText(NESTED_OR_ALONE)})`,
    message:
      "must be an Iceberg type: one of boolean, int, long, float, double, decimal(p,s), date, time, timestamp, timestamptz, " +
      "string, uuid, binary, fixed(n), list<T>, map<K,V>, struct<name:T,...>, in lower case and without spaces",
    holds: (type) => TOKENS_REGEX.test(type) && NESTED_OR_ALONE_REGEX.test(type),
  },
  {
    rule: "self.split('<').size() == self.split('>').size()",
    message: "must close each '<' with one '>'",
    holds: (type) => type.split("<").length === type.split(">").length,
  },
  {
    rule: `!self.matches(${celText(WRONG_ARITY)})`,
    message: "must give list<> one type and map<> two types",
    holds: (type) => !WRONG_ARITY_REGEX.test(type),
  },
];

/** Type of a column. What the rules cannot see (brackets that close in the wrong order) is left to the controller. */
export const icebergType = withRules(patterned(/^[A-Za-z0-9_(),:<>]+$/, 768), rules);

/** Types that a partition transform can be applied to; identity and void take every scalar. */
export const TRANSFORM_SOURCES = {
  year: ["date", "timestamp", "timestamptz"],
  month: ["date", "timestamp", "timestamptz"],
  day: ["date", "timestamp", "timestamptz"],
  hour: ["timestamp", "timestamptz"],
  bucket: [
    "int",
    "long",
    "decimal",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "string",
    "uuid",
    "fixed",
    "binary",
  ],
  truncate: ["int", "long", "decimal", "string", "binary"],
} as const;
