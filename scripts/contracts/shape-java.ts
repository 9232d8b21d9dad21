/** Java records of documents, and how a record is read from JSON with errors that name the field. Pure. */
import { javaFile, javaText, javadoc } from "./java.ts";
import { type Field, type Fields, type Shape, fieldsOf, has } from "./shape.ts";
import type { GeneratedFile } from "./source.ts";

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Java types by the types of fields, as far as any document needs them. */
const TYPES: Partial<Record<Field["type"], (field: Field, name: string) => string>> = {
  text: () => "String",
  verbatim: () => "String",
  texts: () => "List<String>",
  whole: ({ optional }) => (optional === true ? "Long" : "long"),
  number: ({ optional }) => (optional === true ? "Double" : "double"),
  flag: () => "boolean",
  masking: () => "Masking",
  map: () => "Map<String, Long>",
  choice: (_, name) => capital(name),
  object: (_, name) => capital(name),
  list: (_, name) => `List<${elementName(name)}>`,
};

/** Of the elements of `propertyColumns`: `PropertyColumn`; of `families`: `Family`. */
function elementName(name: string): string {
  return capital(name.replace(/ies$/, "y").replace(/s$/, ""));
}

function typeOf(name: string, field: Field): string {
  const type = TYPES[field.type]?.(field, name);
  if (type === undefined) throw new Error(`Java knows no field of type ${field.type} yet`);
  return type;
}

/** Expressions that read a field from the node that holds it, as far as any document needs them. */
const READINGS: Partial<Record<Field["type"], (field: Field, name: string) => string>> = {
  text: ({ optional }, name) => `node.${optional === true ? "optionalText" : "text"}(${javaText(name)})`,
  verbatim: (_, name) => `node.verbatim(${javaText(name)})`,
  texts: (_, name) => `node.texts(${javaText(name)})`,
  whole: ({ optional, minimum }, name) =>
    optional === true
      ? `node.optionalWhole(${javaText(name)}, ${minimum ?? 0})`
      : `node.positive(${javaText(name)})`,
  flag: (field, name) => `node.flag(${javaText(name)}, ${field.default ?? false})`,
  masking: (_, name) => `node.choice(${javaText(name)}, Masking.values(), Masking::text)`,
  choice: ({ optional }, name) =>
    `node.${optional === true ? "optionalChoice" : "choice"}(${javaText(name)}, ${capital(name)}.values(), ${capital(name)}::name)`,
  object: ({ optional }, name) =>
    `${capital(name)}.of(node.${optional === true ? "optionalObject" : "object"}(${javaText(name)}))`,
  list: ({ optional }, name) =>
    `node.${optional === true ? "optionalList" : "list"}(${javaText(name)}, ${elementName(name)}::of)`,
};

function reading(name: string, field: Field): string {
  const expression = READINGS[field.type]?.(field, name);
  if (expression === undefined) throw new Error(`Java reads no field of type ${field.type} yet`);
  return expression;
}

interface Options {
  /** Whether the job reads the document; else it writes it. */
  readonly isRead: boolean;
}

interface JavaRecord {
  readonly name: string;
  readonly doc: string;
  readonly fields: Fields;
}

function indented(text: string, depth: number): string {
  return text.replace(/^(?=.)/gm, "    ".repeat(depth));
}

function nested(fields: Fields, options: Options): readonly string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    if (field.type === "object") {
      return [recordText({ name: capital(name), doc: field.doc, fields: fieldsOf(field) }, options)];
    }
    if (field.type === "list") {
      return [
        recordText({ name: elementName(name), doc: `One of ${name}.`, fields: fieldsOf(field) }, options),
      ];
    }
    if (field.type !== "choice") return [];
    const values = (field.values ?? []).map((value) => `    ${value}`).join(",\n");
    return [`${javadoc(field.doc)}public enum ${capital(name)} {\n${values}\n}\n`];
  });
}

function recordText({ name, doc, fields }: JavaRecord, options: Options): string {
  const parameters = Object.entries(fields).map(([field, { doc: text, optional }]) => {
    const note =
      optional === true && !["object", "list", "texts"].includes(fields[field]?.type ?? "")
        ? `${text.replace(/\.$/, "")}; may be null`
        : text.replace(/\.$/, "");
    return ` * @param ${field} ${paramText(note)}\n`;
  });
  const components = Object.entries(fields).map(([field, shape]) => `    ${typeOf(field, shape)} ${field}`);
  const bodies = [
    ...nested(fields, options).map((text) => indented(text, 1)),
    ...(options.isRead ? [readerText(name, fields)] : []),
  ];
  return `/**\n * ${paramText(doc)}\n *\n${parameters.join("")} */\npublic record ${name}(\n${components.join(",\n")})${options.isRead ? " implements Serializable" : ""} {\n${bodies.map((body) => `\n${body}`).join("")}}\n`;
}

/** A comment's text without its own lines. */
function paramText(text: string): string {
  return javadoc(text)
    .replace(/^\/\*\*\s*\**\s*|\s*\*\/\n$/g, "")
    .replace(/\n \* /g, "\n *     ");
}

function readerText(name: string, fields: Fields): string {
  const values = Object.entries(fields).map(([field, shape]) => `            ${reading(field, shape)}`);
  return `    /** Reads and checks an object; the error names the field. */
    public static ${name} of(ConfigNode node) {
        return new ${name}(
${values.join(",\n")});
    }
`;
}

/** The file of a document. */
export function javaShape(
  contract: string,
  record: { readonly name: string; readonly isRead: boolean },
  shape: Shape,
): GeneratedFile {
  const { name, isRead } = record;
  return javaFile(contract, name, {
    // Spark sends what the job reads to its executors.
    imports: [
      ...(isRead ? ["java.io.Serializable"] : []),
      ...(has("texts", shape.fields) || has("list", shape.fields) ? ["java.util.List"] : []),
      ...(has("map", shape.fields) ? ["java.util.Map"] : []),
    ],
    source: recordText({ name, doc: `${shape.title}.`, fields: shape.fields }, { isRead }),
  });
}
