/** Documents that one program writes and another reads: their shape, and the TypeScript and the table of docs made of it. Pure. */
import { z } from "zod";
import { parseContract } from "./source.ts";
import { cell, markdownTable, tsdoc } from "./text.ts";

/** A field of a document. `type` decides which of the other members it may have. */
export interface Field {
  /** `masking` is one of the maskings of contracts/raw-record.yaml; `verbatim` a text whose blanks at the ends count. */
  readonly type:
    | "text"
    | "verbatim"
    | "texts"
    | "whole"
    | "number"
    | "flag"
    | "choice"
    | "masking"
    | "object"
    | "list"
    | "map";
  readonly doc: string;
  /** Whether the field may be absent or null. */
  readonly optional?: boolean | undefined;
  /** What an absent flag means. */
  readonly default?: boolean | undefined;
  readonly minimum?: number | undefined;
  /** Size of a whole number; 64 where nothing is said. */
  readonly bits?: 32 | undefined;
  /** The values of a choice. */
  readonly values?: readonly string[] | undefined;
  /** The members of an object, or of each element of a list. */
  readonly fields?: Fields | undefined;
}

export type Fields = Readonly<Record<string, Field>>;

/** A whole document. */
export interface Shape {
  readonly title: string;
  readonly fields: Fields;
}

/** What each type must have and may have besides `type` and `doc`. */
const MEMBERS: Readonly<
  Record<Field["type"], { readonly must: readonly string[]; readonly may: readonly string[] }>
> = {
  text: { must: [], may: ["optional"] },
  verbatim: { must: [], may: [] },
  texts: { must: [], may: ["optional"] },
  whole: { must: ["minimum"], may: ["optional", "bits"] },
  number: { must: ["minimum"], may: ["optional"] },
  flag: { must: [], may: ["default"] },
  choice: { must: ["values"], may: ["optional"] },
  masking: { must: [], may: [] },
  object: { must: ["fields"], may: ["optional"] },
  list: { must: ["fields"], may: ["optional"] },
  map: { must: ["minimum"], may: [] },
};

const fieldSchema: z.ZodType<Field> = z.lazy(() =>
  z
    .strictObject({
      type: z.enum(Object.keys(MEMBERS) as [Field["type"], ...Field["type"][]]),
      doc: z.string().min(1),
      optional: z.literal(true).optional(),
      default: z.boolean().optional(),
      minimum: z.union([z.literal(0), z.literal(1)]).optional(),
      bits: z.literal(32).optional(),
      values: z
        .array(z.string().regex(/^[A-Za-z]+$/))
        .min(1)
        .optional(),
      fields: fieldsSchema.optional(),
    })
    .superRefine((field, context) => {
      const { must, may } = MEMBERS[field.type];
      const given = Object.keys(field).filter((name) => name !== "type" && name !== "doc");
      const wrong = given.filter((name) => !must.includes(name) && !may.includes(name));
      const missing = must.filter((name) => !given.includes(name));
      if (wrong.length > 0) context.addIssue(`type ${field.type} has no ${wrong.join(", ")}`);
      if (missing.length > 0) context.addIssue(`type ${field.type} must have ${missing.join(", ")}`);
    }),
);

const fieldsSchema: z.ZodType<Fields> = z.lazy(() =>
  z.record(z.string().regex(/^[a-z][A-Za-z]*$/), fieldSchema),
);

const shapeSchema = z.strictObject({ title: z.string().min(1), fields: fieldsSchema });

/** Parses and checks a contract of one document. Throws with what is wrong and where. */
export function parseShape(name: string, yaml: string): Shape {
  return parseContract(name, shapeSchema, yaml);
}

/** The members of an object or of the elements of a list. */
export function fieldsOf(field: Field): Fields {
  if (field.fields === undefined) throw new Error(`a field of type ${field.type} has no fields`);
  return field.fields;
}

const TYPES: Readonly<Record<Field["type"], (field: Field) => string>> = {
  text: () => "string",
  verbatim: () => "string",
  texts: () => "readonly string[]",
  whole: () => "number",
  number: () => "number",
  flag: () => "boolean",
  choice: ({ values = [] }) => values.map((value) => JSON.stringify(value)).join(" | "),
  masking: () => "IpMasking",
  object: (field) => typeText(fieldsOf(field)),
  list: (field) => `readonly (${typeText(fieldsOf(field))})[]`,
  map: () => "Readonly<Record<string, number>>",
};

function isOptional(field: Field): boolean {
  return field.optional === true || field.default !== undefined;
}

function typeText(fields: Fields): string {
  const members = Object.entries(fields).map(([name, field]) => {
    const type = TYPES[field.type](field);
    return `${tsdoc(field.doc)}readonly ${name}${isOptional(field) ? `?: ${type} | undefined` : `: ${type}`};`;
  });
  return `{${members.join("\n")}}`;
}

/** Whether a field of this type is anywhere in a document. */
export function has(type: Field["type"], fields: Fields): boolean {
  return Object.values(fields).some((field) => field.type === type || has(type, field.fields ?? {}));
}

/** The type of a document that TypeScript writes, before formatting. */
export function typeModule(name: string, shape: Shape): string {
  const uses = has("masking", shape.fields) ? `import type { IpMasking } from "./raw-record.ts";\n\n` : "";
  return `${uses}${tsdoc(`${shape.title}.`)}export interface ${name} ${typeText(shape.fields)}\n`;
}

const SCHEMAS: Readonly<Record<Field["type"], (field: Field) => string>> = {
  text: () => "z.string()",
  verbatim: () => "z.string()",
  texts: () => "z.array(z.string())",
  whole: ({ minimum }) => `z.int().min(${minimum ?? 0})`,
  number: ({ minimum }) => `z.number().min(${minimum ?? 0})`,
  flag: () => "z.boolean()",
  choice: ({ values }) => `z.enum(${JSON.stringify(values)})`,
  masking: () => "z.enum(IP_MASKINGS)",
  object: (field) => schemaText(fieldsOf(field)),
  list: (field) => `z.array(${schemaText(fieldsOf(field))})`,
  map: ({ minimum }) => `z.record(z.string(), z.int().min(${minimum ?? 0}))`,
};

function schemaText(fields: Fields): string {
  const members = Object.entries(fields).map(
    ([name, field]) =>
      `${tsdoc(field.doc)}${name}: ${SCHEMAS[field.type](field)}${isOptional(field) ? ".nullish()" : ""},`,
  );
  return `z.object({${members.join("\n")}})`;
}

/** The schema of a document that TypeScript reads, before formatting. Fields that it does not know it leaves out. */
export function schemaModule(name: string, shape: Shape): string {
  return `import { z } from "zod";\n\n${tsdoc(`${shape.title}. Fields that are not listed are left out.`)}export const ${name} = ${schemaText(shape.fields)};\n`;
}

const TYPE_WORDS: Readonly<Record<Field["type"], (field: Field, maskings: readonly string[]) => string>> = {
  text: () => "text",
  verbatim: () => "text",
  texts: () => "list of texts",
  whole: ({ minimum }) => `whole number from ${minimum ?? 0}`,
  number: ({ minimum }) => `number from ${minimum ?? 0}`,
  flag: (field) =>
    field.default === undefined ? "true or false" : `true or false, default ${field.default}`,
  choice: ({ values = [] }) => values.map((value) => `\`${value}\``).join(", "),
  masking: (_, maskings) => maskings.map((value) => `\`${value}\``).join(", "),
  object: () => "object",
  list: () => "list",
  map: () => "whole numbers by name",
};

function rows(fields: Fields, path: string, maskings: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const own = `${path}${name}`;
    const below = field.type === "list" ? `${own}[].` : `${own}.`;
    const mark = isOptional(field) ? "?" : "";
    return [
      [`\`${own}\`${mark}`, cell(TYPE_WORDS[field.type](field, maskings)), cell(field.doc)],
      ...(field.fields === undefined ? [] : rows(field.fields, below, maskings)),
    ];
  });
}

/** The table of docs: a field that may be absent has a question mark. */
export function shapeTable(shape: Shape, maskings: readonly string[]): string {
  return markdownTable(["Field", "Type", "Meaning"], rows(shape.fields, "", maskings));
}
