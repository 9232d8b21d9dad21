/** Random specs for a kind, made from its OpenAPI schema: mostly near the border between what is accepted and what is not. */
import fc from "fast-check";
import type { z } from "zod";
import { type OpenApiSchema, specSchema } from "../../scripts/crd-manifests.ts";
import { type KindDefinition, LAKE_CATALOG, parseDurationSeconds } from "../../src/crds/kinds.ts";

/** How often a value of the right form is replaced by a wrong one: once in this many. */
const WRONG_EVERY = 60;

/** Mostly what is right, sometimes what is wrong. */
function mostly<Value>(right: fc.Arbitrary<Value>, wrong: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ arbitrary: right, weight: WRONG_EVERY }, { arbitrary: wrong, weight: 1 });
}

/** Few names, so that lists hold the same name twice and references hit and miss. */
const NAMES = ["a", "b", "c", "ts", "total1"];
const WRONG_NAMES = ["_", LAKE_CATALOG, "system", "connector.name", "retention.ms", "password", "A"];

/** Keys of maps that some kind refuses. */
const WRONG_KEYS = [
  "s3.secret-key",
  "token",
  "path",
  "tls.key-file",
  "fs.cache.enabled",
  "local.location",
  "uuid",
  "openclickstream.x",
  "format-version",
  "1",
  "a b",
  "é",
  "",
  "x".repeat(129),
];

const WRONG_DURATIONS = [
  "Unlimited",
  "1d",
  "12h1d",
  "d",
  "h",
  "0s",
  "1s",
  "59s",
  "1m",
  "24h1s",
  "876000h",
  "876000h1s",
  "1m1h",
  "",
  "90",
  "1.5h",
];
const WRONG_SIZES = ["1", "1k", "15Mi", "17Ti", "1Ei", "-1Gi", "1e3", "0", "9".repeat(19)];
const CPUS = ["1", "1000m", "999m", "0.5", "500m", "2", "1.5"];
const WRONG_CPUS = ["0", "0.0", "1.", "1.0001", "10000", "0.0001", "999999n", "100k", "-1", "1 "];

const SCALARS = [
  "boolean",
  "int",
  "long",
  "decimal(9,2)",
  "decimal(38,38)",
  "date",
  "timestamp",
  "timestamptz",
  "string",
  "binary",
  "fixed(16)",
];
const WRONG_SCALARS = ["decimal(39,1)", "decimal(0,0)", "decimal(9)", "fixed(0)", "text", "timestamp_ns", ""];

const icebergType: fc.Arbitrary<string> = fc.letrec<{
  type: string;
  scalar: string;
  list: string;
  map: string;
  struct: string;
}>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("scalar"),
    tie("list"),
    tie("map"),
    tie("struct"),
  ),
  scalar: mostly(fc.constantFrom(...SCALARS), fc.constantFrom(...WRONG_SCALARS)),
  list: tie("type").map((element) => `list<${element}>`),
  map: fc.tuple(tie("type"), tie("type")).map(([key, value]) => `map<${key},${value}>`),
  struct: fc
    .array(fc.tuple(fc.constantFrom("a", "b", "int", "x_1"), tie("type")), { minLength: 1, maxLength: 3 })
    .map((fields) => `struct<${fields.map(([name, type]) => `${name}:${type}`).join(",")}>`),
})).type;

/** A text with one character taken away or put in; never half a surrogate pair, which JSON cannot carry. */
function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      texts,
      fc.nat(),
      fc.constantFrom("", ",", "<", ">", ":", " ", "A", "1", ".", "-", "é", "😀", "\n", "\u2028"),
    )
    .map(([text, position, inserted]) => {
      const at = position % (text.length + 1);
      const rest = text.slice(inserted === "" ? at + 1 : at);
      return (text.slice(0, at) + inserted + rest).toWellFormed();
    });
}

const names = mostly(fc.constantFrom(...NAMES), fc.constantFrom(...WRONG_NAMES));

const HINTS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  type: fc.oneof(
    { arbitrary: icebergType, weight: 30 },
    { arbitrary: icebergType.map((type) => type.replace(">", "")), weight: 3 },
    { arbitrary: damaged(icebergType), weight: 1 },
    {
      arbitrary: fc.constantFrom("list<int,int>", "map<int>", "map<int,a:int>", "map<int,int,int>"),
      weight: 1,
    },
  ),
  name: names,
  column: names,
  previousName: fc.constantFrom("old_a", "old_b", "old_c", "old_d", "old_e", ...NAMES),
  property: fc.constantFrom("p", "q", "r", "a", "password", "key-file"),
  cpu: mostly(fc.constantFrom(...CPUS), fc.constantFrom(...WRONG_CPUS)),
  captureHeaders: mostly(
    fc.constantFrom("X-A", "x-a", "X-B"),
    fc.constantFrom("Cookie", "Set-Cookie", "authorization", "X-API-Key", "a b"),
  ),
};

/** A duration as people write it: `90s`, `1m30s`, `1h`. */
function writeDuration(seconds: number): string {
  // An odd number of seconds without days, to have both forms.
  const days = seconds % 2 === 0 ? Math.floor(seconds / 86_400) : 0;
  const hours = Math.floor(seconds / 3600) - days * 24;
  const parts = [days, hours, Math.floor(seconds / 60) % 60, seconds % 60];
  const text = parts.map((part, position) => (part === 0 ? "" : `${part}${"dhms"[position] ?? ""}`)).join("");
  return text === "" ? "0s" : text;
}

/** Texts for a field with a rule about a duration or a size, whose bounds are read out of the rule's message. */
function boundedText(schema: OpenApiSchema): fc.Arbitrary<string> | undefined {
  const message = (schema["x-kubernetes-validations"] ?? []).map((rule) => rule.message).join();
  const [, kind, least = "", greatest = ""] = / a (duration|size) from (\w+) to (\w+),/.exec(message) ?? [];
  if (kind === "duration") {
    const right = fc.integer({ min: parseDurationSeconds(least), max: parseDurationSeconds(greatest) });
    return mostly(right.map(writeDuration), fc.constantFrom(...WRONG_DURATIONS));
  }
  if (kind !== "size") return undefined;
  const inUnits = fc.constantFrom(
    "64Mi",
    "1Gi",
    "1000M",
    "1024Mi",
    "65536Ki",
    "1Ti",
    "1073741824",
    least,
    greatest,
  );
  return mostly(inUnits, fc.constantFrom(...WRONG_SIZES));
}

/** Texts around a length limit, of one and of two UTF-16 units a character. */
function aroundLimit(maxLength: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom("a", "é", "😀"), fc.constantFrom(maxLength - 1, maxLength, maxLength + 1))
    .map(([character, length]) => character.repeat(length));
}

function textOf(schema: OpenApiSchema, name: string): fc.Arbitrary<string> {
  const { maxLength = 64, pattern } = schema;
  const formed =
    pattern === undefined
      ? fc.string({ unit: "grapheme", maxLength })
      : fc.stringMatching(new RegExp(pattern));
  const right =
    boundedText(schema) ?? HINTS[name] ?? fc.oneof(formed.filter((text) => text.length <= maxLength));
  return mostly(
    right,
    fc.oneof(
      formed,
      damaged(right),
      damaged(formed),
      aroundLimit(Math.min(maxLength, 4096)),
      fc.string({ maxLength: 300 }),
    ),
  );
}

/** Mostly as text, which has the finer borders. */
function intOrStringOf(schema: OpenApiSchema, name: string): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: textOf(schema, name), weight: 4 },
    { arbitrary: integerOf({ minimum: 0, maximum: 2 ** 35 }), weight: 1 },
  );
}

function integerOf({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: OpenApiSchema): fc.Arbitrary<number> {
  const right = fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum));
  return mostly(right, fc.constantFrom(minimum - 1, maximum + 1, minimum + 0.5, 1e300, -0));
}

function listOf(schema: OpenApiSchema, name: string): fc.Arbitrary<unknown> {
  const { items = {}, minItems = 0 } = schema;
  const list = fc.array(valueOf(items, name), { minLength: minItems, maxLength: Math.max(minItems, 3) });
  const keys = schema["x-kubernetes-list-map-keys"];
  const unique = fc.uniqueArray(valueOf(items, name), {
    minLength: minItems,
    maxLength: Math.max(minItems, 3),
    selector: (item) => JSON.stringify(keys === undefined ? item : pick(item, keys)),
  });
  return fc.oneof(
    { arbitrary: unique, weight: 12 },
    { arbitrary: list, weight: 1 },
    { arbitrary: fc.constant([]), weight: 1 },
  );
}

function pick(item: unknown, keys: readonly string[]): readonly unknown[] {
  return keys.map((key) => (item as Record<string, unknown> | null)?.[key]);
}

function mapOf(schema: OpenApiSchema): fc.Arbitrary<unknown> {
  const right = fc.constantFrom("a", "b-c", "d.e_f", "profile", "x".repeat(128));
  const wrong = fc.constantFrom(...WRONG_NAMES, ...WRONG_KEYS);
  const texts = textOf(schema.additionalProperties ?? {}, "");
  const values = fc.oneof(
    { arbitrary: texts, weight: 12 },
    fc.constantFrom("2", "4", "${X}", "$X", "a\nb", "\0"),
  );
  const keys = fc.oneof({ arbitrary: right, weight: 12 }, { arbitrary: wrong, weight: 1 });
  return fc.dictionary(keys, values, { maxKeys: 4, noNullPrototype: true });
}

function objectOf(schema: OpenApiSchema): fc.Arbitrary<unknown> {
  const entries = Object.entries(schema.properties ?? {});
  const record = fc.record(
    Object.fromEntries(entries.map(([name, property]) => [name, valueOf(property, name)])),
    {
      requiredKeys: [...(schema.required ?? [])],
    },
  );
  const without = fc
    .tuple(record, fc.constantFrom("", ...entries.map(([name]) => name)))
    .map(([value, gone]) => Object.fromEntries(Object.entries(value).filter(([name]) => name !== gone)));
  return mostly(
    record,
    fc.oneof(
      without,
      record.map((value) => ({ ...value, unknownField: "x" })),
    ),
  );
}

const MAKERS: Readonly<Record<string, (schema: OpenApiSchema, name: string) => fc.Arbitrary<unknown>>> = {
  string: (schema, name) => (schema.enum === undefined ? textOf(schema, name) : enumOf(schema.enum)),
  integer: integerOf,
  boolean: () => fc.boolean(),
  array: listOf,
  object: (schema) => (schema.additionalProperties === undefined ? objectOf(schema) : mapOf(schema)),
};

function enumOf(values: readonly string[]): fc.Arbitrary<string> {
  return mostly(
    fc.constantFrom(...values),
    fc.constantFrom("", "other", ...values.map((value) => value.toLowerCase())),
  );
}

/** Values around what a schema accepts. `name` is the property's and chooses better examples. */
function valueOf(schema: OpenApiSchema, name: string): fc.Arbitrary<unknown> {
  const make = schema["x-kubernetes-int-or-string"] === true ? intOrStringOf : MAKERS[schema.type ?? ""];
  if (make === undefined) throw new Error(`no random values for a schema of type ${schema.type ?? "none"}`);
  return mostly(make(schema, name), fc.constantFrom(null, 0, "", true, [], {}, [null], 1.5));
}

interface Tableish {
  readonly columns?: unknown;
  readonly partitionBy?: unknown;
  readonly sortBy?: unknown;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapObjects(list: unknown, change: (item: Record<string, unknown>) => unknown): object {
  return Array.isArray(list) ? list.map((item: unknown) => (isObject(item) ? change(item) : item)) : [];
}

/** Makes most partition and sort fields name a column of the table, which chance seldom does. */
function withReferences(spec: unknown): unknown {
  if (!isObject(spec)) return spec;
  const { columns, partitionBy, sortBy } = spec as Tableish;
  const names = Array.isArray(columns) ? columns.filter(isObject).map(({ name }) => name) : [];
  const known = (field: Record<string, unknown>): object => ({
    ...field,
    column: names.includes(field["column"]) ? field["column"] : (names[0] ?? "a"),
  });
  return {
    ...spec,
    ...(partitionBy === undefined ? {} : { partitionBy: mapObjects(partitionBy, known) }),
    ...(sortBy === undefined ? {} : { sortBy: mapObjects(sortBy, known) }),
  };
}

/** Gives most object stores keys or an identity, which chance seldom does. */
function withCredentials(spec: unknown): unknown {
  const storage = isObject(spec) ? spec["storage"] : undefined;
  if (!isObject(spec) || !isObject(storage) || "credentialsSecretRef" in storage) return spec;
  return { ...spec, storage: { ...storage, credentials: "WorkloadIdentity" } };
}

type Path = readonly PropertyKey[];

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], value);
}

/** The value without what is at the path; without what holds it when there is nothing at the path. */
function withoutPath(value: unknown, path: Path): unknown {
  const target = valueAt(value, path) === undefined ? path.slice(0, -1) : path;
  const last = target.at(-1);
  if (last === undefined) return value;
  const copy = structuredClone(value);
  const parent = valueAt(copy, target.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent)) Reflect.deleteProperty(parent, last);
  return copy;
}

/** Takes away what zod refuses until at most so many faults are left: two faults hide that only one side sees the second. */
function withFaults(schema: z.ZodType, value: unknown, most: number): unknown {
  let pruned = value;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const issues = schema.safeParse(pruned).error?.issues ?? [];
    const [first] = issues;
    if (first === undefined || issues.length <= most) return pruned;
    pruned = withoutPath(pruned, first.path);
  }
  return pruned;
}

/** Random values for `spec`: a third without a fault that zod sees, a third with at most one, a third with any number. */
export function specArbitrary(kind: KindDefinition): fc.Arbitrary<unknown> {
  const plain = objectOf(specSchema(kind));
  const referring = fc.oneof(
    { arbitrary: plain.map(withReferences).map(withCredentials), weight: 8 },
    { arbitrary: plain, weight: 1 },
  );
  return fc
    .tuple(referring, fc.constantFrom(0, 1, Number.POSITIVE_INFINITY))
    .map(([spec, most]) => withFaults(kind.schema, spec, most));
}

/** Random names that Kubernetes itself accepts for a custom resource: sub-domains of DNS. */
export const resourceName: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constant("web"), weight: 8 },
  { arbitrary: fc.constantFrom("1a", "a.b", "a-b", "0"), weight: 1 },
  { arbitrary: fc.constantFrom(40, 41, 63, 64).map((length) => "a".repeat(length)), weight: 1 },
);
