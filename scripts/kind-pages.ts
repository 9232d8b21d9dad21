/** Fills the generated sections of docs/kinds/<kind>.md from a kind's schemas. Pure. */
import type { KindDefinition } from "../src/crds/kinds.ts";
import { type OpenApiSchema, specSchema, toOpenApiSchema } from "./crd-manifests.ts";
import { cell, fillSections } from "./contracts/text.ts";

const COMMON_STATUS = ["observedGeneration", "conditions"];

interface Field {
  readonly path: string;
  readonly required: boolean;
  readonly schema: OpenApiSchema;
}

/** What a schema has below it: its own properties, its elements, or its values. */
function children(schema: OpenApiSchema, path: string): readonly Field[] {
  if (schema.items !== undefined) return children(schema.items, `${path}[]`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const field: Field = {
      path: path === "" ? name : `${path}.${name}`,
      required: schema.required?.includes(name) ?? false,
      schema: property,
    };
    return [field, ...children(property, field.path)];
  });
}

/** So many fields are told once; a second field of the same shape refers to the first. */
const LARGE = 20;

/** The fields without those below a large one that are below another already. */
function withoutTwins(fields: readonly Field[]): readonly Field[] {
  const shown = new Map<string, string>();
  const left: string[] = [];
  return fields.flatMap((field) => {
    if (left.some((path) => field.path.startsWith(path))) return [];
    if (children(field.schema, field.path).length < LARGE) return [field];
    const shape = JSON.stringify({ ...field.schema, description: "" });
    const first = shown.get(shape);
    if (first === undefined) {
      shown.set(shape, field.path);
      return [field];
    }
    left.push(`${field.path}.`);
    const description = `${field.schema.description ?? ""} It has the fields of ${first}.`;
    return [{ ...field, schema: { ...field.schema, description } }];
  });
}

function bounds(minimum: number | undefined, maximum: number | undefined): string {
  const isOpen = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
  return isOpen ? "" : ` ${minimum ?? 0} to ${maximum}`;
}

const TYPE_TEXTS: Readonly<Record<string, (schema: OpenApiSchema) => string>> = {
  array: ({ items, maxItems }) =>
    `list${maxItems === undefined ? "" : ` of at most ${maxItems}`}: ${items === undefined ? "" : typeText(items)}`,
  object: ({ additionalProperties }) => (additionalProperties === undefined ? "object" : "map of text"),
  integer: ({ minimum, maximum }) => `integer${bounds(minimum, maximum)}`,
  string: ({ format, maxLength }) => {
    if (format === "date-time") return "time";
    return maxLength === undefined ? "text" : `text up to ${maxLength}`;
  },
};

function typeText(schema: OpenApiSchema): string {
  if (schema.enum !== undefined) return schema.enum.join(", ");
  if (schema["x-kubernetes-int-or-string"] === true) return "quantity";
  const type = schema.type ?? "";
  return TYPE_TEXTS[type]?.(schema) ?? type;
}

function fieldTable(schema: OpenApiSchema, isLeftOut: (field: Field) => boolean): string {
  const rows = withoutTwins(children(schema, ""))
    .filter((field) => !isLeftOut(field))
    .map(
      ({ path, required, schema: field }) =>
        `| \`${path}\`${required ? " *" : ""} | ${cell(typeText(field))} | ${cell(field.description ?? "")} |`,
    );
  return `| Field | Type | Meaning |\n| --- | --- | --- |\n${rows.join("\n")}\n\n\\* required, where what holds it is given`;
}

function rules(schema: OpenApiSchema, path: string): readonly string[] {
  const own = (schema["x-kubernetes-validations"] ?? []).map(
    ({ message, fieldPath }) => `- \`${path}${fieldPath ?? ""}\`: ${cell(message)}.`,
  );
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    rules(property, `${path}.${name}`),
  );
  return [...own, ...below, ...(schema.items === undefined ? [] : rules(schema.items, `${path}[]`))];
}

function ruleList(kind: KindDefinition): string {
  const names = kind.nameRules.map(({ message }) => `- \`metadata.name\`: ${cell(message)}.`);
  const changes = kind.statusRules.map(
    ({ message, fieldPath }) => `- \`${(fieldPath ?? "").slice(1)}\`: ${cell(message)}.`,
  );
  return [...names, ...changes, ...rules(specSchema(kind), "spec")].join("\n");
}

function columnTable(kind: KindDefinition): string {
  const rows = kind.printerColumns.map(
    ({ name, description, priority }) =>
      `| ${name.toUpperCase()} | ${cell(description)}${priority === 1 ? " With `-o wide`." : ""} |`,
  );
  return `| Column | Meaning |\n| --- | --- |\n${rows.join("\n")}`;
}

/** The generated sections by name. */
function sections(kind: KindDefinition): Readonly<Record<string, string>> {
  const isCommon = ({ path }: Field): boolean => COMMON_STATUS.some((name) => path.startsWith(name));
  return {
    spec: fieldTable(specSchema(kind), () => false),
    rules: ruleList(kind),
    status: fieldTable(toOpenApiSchema(kind.statusSchema), isCommon),
    columns: columnTable(kind),
  };
}

/**
 * Replaces what stands between `<!-- generated: NAME -->` and `<!-- end -->`. Throws when a section has no such place
 * or a place has no section.
 */
export function fillKindPage(page: string, kind: KindDefinition): string {
  return fillSections(`the page of ${kind.kind}`, page, sections(kind));
}
