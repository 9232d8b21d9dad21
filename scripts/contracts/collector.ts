/** The collector's environment: typed names for the operator, descriptions for the collector, a table of docs. Pure. */
import { z } from "zod";
import { goComment, goFile, goName, goText } from "./go.ts";
import { type GeneratedFile, parseContract } from "./source.ts";
import { cell, markdownTable, tsdoc } from "./text.ts";

const NAME = "collector";

const described = {
  name: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/),
  doc: z.string().min(1),
};

const variableSchema = z.discriminatedUnion("type", [
  z.strictObject({
    ...described,
    type: z.literal("text"),
    default: z.string().optional(),
    required: z.literal(true).optional(),
    secret: z.literal(true).optional(),
  }),
  z.strictObject({
    ...described,
    type: z.literal("choice"),
    values: z.array(z.string()).min(2),
    default: z.string().optional(),
  }),
  z.strictObject({ ...described, type: z.literal("masking"), default: z.string() }),
  z.strictObject({ ...described, type: z.literal("flag"), default: z.boolean() }),
  z.strictObject({
    ...described,
    type: z.literal("number"),
    default: z.int(),
    /** What raises the default, as a sentence. */
    atLeast: z.string().optional(),
    least: z.int(),
    most: z.int(),
  }),
  z.strictObject({
    ...described,
    type: z.literal("list"),
    default: z.array(z.string()).min(1).optional(),
    required: z.literal(true).optional(),
    /** The word for the empty list. */
    none: z.string().optional(),
  }),
]);

const environmentSchema = z.strictObject({ variables: z.array(variableSchema).min(1) });

export type CollectorEnvironment = z.infer<typeof environmentSchema>;
type Variable = CollectorEnvironment["variables"][number];

function problemOf(variable: Variable): string | undefined {
  if (variable.type === "number" && (variable.default < variable.least || variable.default > variable.most)) {
    return `the default of ${variable.name} must be from ${variable.least} to ${variable.most}`;
  }
  if (
    variable.type === "choice" &&
    variable.default !== undefined &&
    !variable.values.includes(variable.default)
  ) {
    return `the default of ${variable.name} must be one of its values`;
  }
  return undefined;
}

/** Parses and checks the contract. Throws with what is wrong and where. */
export function parseCollector(yaml: string): CollectorEnvironment {
  const environment = parseContract(NAME, environmentSchema, yaml);
  const problems = environment.variables.map(problemOf).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Error(`contracts/${NAME}.yaml: ${problems.join("; ")}`);
  return environment;
}

function typeText(variable: Variable): string {
  switch (variable.type) {
    case "text":
      return "string";
    case "choice":
      return variable.values.map((value) => JSON.stringify(value)).join(" | ");
    case "masking":
      return "IpMasking";
    case "flag":
      return "boolean";
    case "number":
      return "number";
    case "list":
      return `readonly string[]${variable.none === undefined ? "" : ` | ${JSON.stringify(variable.none)}`}`;
  }
}

/** src/generated/collector.ts, before formatting. Variables that hold secrets are set by reference and not here. */
export function collectorModule({ variables }: CollectorEnvironment): string {
  const members = variables
    .filter((variable) => !(variable.type === "text" && variable.secret === true))
    .map((variable) => {
      const isRequired = "required" in variable && variable.required === true;
      return `${tsdoc(variable.doc)}readonly ${variable.name}${isRequired ? "" : "?"}: ${typeText(variable)}${isRequired ? "" : " | undefined"};`;
    });
  const defaults = variables
    .filter((variable) => variable.default !== undefined)
    .map(({ name, default: value, doc }) => `${tsdoc(doc)}${name}: ${JSON.stringify(value)},`);
  return `import type { IpMasking } from "./raw-record.ts";

/** What the collector is told. A list is written with commas; what is undefined is left to the collector's default. */
export interface CollectorEnvironment {${members.join("\n")}}

/** What the collector takes where it is told nothing. */
export const COLLECTOR_DEFAULTS = {${defaults.join("\n")}} as const;
`;
}

/** A text that may be absent, which Go writes as an empty one. */
function goOptional(text: string | undefined): string {
  return goText(text ?? "");
}

function goValue(variable: Variable): string {
  const name = goText(variable.name);
  switch (variable.type) {
    case "text":
      return `Text{Name: ${name}, Default: ${goOptional(variable.default)}}`;
    case "choice":
      return `Choice{Name: ${name}, Default: ${goOptional(variable.default)}, Values: []string{${variable.values.map(goText).join(", ")}}}`;
    case "masking":
      return `Choice{Name: ${name}, Default: string(Mask${variable.default}), Values: Maskings}`;
    case "flag":
      return `Flag{Name: ${name}, Default: ${variable.default}}`;
    case "number":
      return `Number{Name: ${name}, Default: ${variable.default}, Least: ${variable.least}, Most: ${variable.most}}`;
    case "list":
      return `List{Name: ${name}, Default: ${goOptional(String(variable.default ?? ""))}, None: ${goOptional(variable.none)}}`;
  }
}

const GO_TYPES = `// Text is a variable of any text.
type Text struct{ Name, Default string }

// Choice is a variable that has one of the Values, or none where Default is empty.
type Choice struct {
	Name, Default string
	Values        []string
}

// Flag is a variable that is true or false.
type Flag struct {
	Name    string
	Default bool
}

// Number is a variable that is a whole number from Least to Most.
type Number struct {
	Name                 string
	Default, Least, Most int
}

// List is a variable of texts with commas between them; None, where it is not empty, is the word for no text at all.
type List struct{ Name, Default, None string }
`;

/** Every file that is made of the contract, but for TypeScript, which is formatted later. */
export function collectorFiles({ variables }: CollectorEnvironment): readonly GeneratedFile[] {
  const members = variables.map(
    (variable) => `${goComment(variable.doc, 1)}\tEnv${goName(variable.name)} = ${goValue(variable)}\n`,
  );
  const names = variables
    .filter((variable) => "required" in variable && variable.required === true)
    .map(({ name }) => `\t${goText(name)},\n`);
  return [
    goFile(NAME, [
      GO_TYPES,
      `${goComment("The environment of the collector.")}var (\n${members.join("")})\n`,
      `${goComment("RequiredVariables must be set.")}var RequiredVariables = []string{\n${names.join("")}}\n`,
    ]),
  ];
}

const UNITS: Readonly<Record<string, string>> = { BYTES: "bytes", SECONDS: "s", MILLISECONDS: "ms" };

function unitOf(name: string): string {
  const unit = UNITS[name.split("_").at(-1) ?? ""];
  return unit === undefined ? "" : ` ${unit}`;
}

function allowed(variable: Variable, maskings: readonly string[]): string {
  switch (variable.type) {
    case "text":
      return "text";
    case "choice":
      return variable.values.map((value) => `\`${value}\``).join(", ");
    case "masking":
      return maskings.map((value) => `\`${value}\``).join(", ");
    case "flag":
      return "`true`, `false`";
    case "number":
      return `${variable.least} to ${variable.most}${unitOf(variable.name)}`;
    case "list":
      return `list with commas${variable.none === undefined ? "" : `, or \`${variable.none}\``}`;
  }
}

function defaultText(variable: Variable): string {
  if ("required" in variable && variable.required === true) return "required";
  if (variable.default === undefined) return "none";
  return Array.isArray(variable.default)
    ? variable.default.map((item) => `\`${item}\``).join(", ")
    : `\`${variable.default}\``;
}

/** The section of docs/collector.md. */
export function collectorSections(
  { variables }: CollectorEnvironment,
  maskings: readonly string[],
): Readonly<Record<string, string>> {
  const rows = variables.map((variable) => {
    const more = variable.type === "number" && variable.atLeast !== undefined ? ` ${variable.atLeast}` : "";
    return [
      `\`${variable.name}\``,
      allowed(variable, maskings),
      defaultText(variable),
      cell(variable.doc + more),
    ];
  });
  return { environment: markdownTable(["Variable", "Value", "Default", "Meaning"], rows) };
}
