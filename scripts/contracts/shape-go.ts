/** Go structs of documents, for whoever writes and whoever reads them. Pure. */
import { goComment, goFile, goName } from "./go.ts";
import { type Field, type Fields, type Shape, fieldsOf } from "./shape.ts";
import type { GeneratedFile } from "./source.ts";

interface Struct {
  readonly name: string;
  readonly doc: string;
  readonly fields: Fields;
}

/** `partitions` of the document `Accounting` holds elements of the struct `AccountingPartition`; an object has its field's name. */
function structName(parent: string, name: string, { type }: Field): string {
  return parent + (type === "list" ? goName(name).replace(/s$/, "") : goName(name));
}

/** Go types by the types of fields, as far as any document needs them. */
const TYPES: Partial<Record<Field["type"], (field: Field, struct: string) => string>> = {
  text: () => "string",
  verbatim: () => "string",
  texts: () => "[]string",
  choice: () => "string",
  whole: ({ bits }) => (bits === 32 ? "int32" : "int64"),
  number: () => "float64",
  flag: () => "bool",
  object: ({ optional }, struct) => (optional === true ? `*${struct}` : struct),
  list: (_, struct) => `[]${struct}`,
};

function typeOf(parent: string, name: string, field: Field): string {
  const type = TYPES[field.type]?.(field, structName(parent, name, field));
  if (type === undefined) throw new Error(`Go knows no field of type ${field.type} yet`);
  return type;
}

function structText({ name, doc, fields }: Struct): string {
  const members = Object.entries(fields).map(
    ([field, shape]) =>
      `${goComment(shape.doc, 1)}\t${goName(field)} ${typeOf(name, field, shape)} \`json:"${field}${shape.optional === true ? ",omitempty" : ""}"\`\n`,
  );
  return `${goComment(doc)}type ${name} struct {\n${members.join("")}}\n`;
}

function structs(struct: Struct): readonly Struct[] {
  const inner = Object.entries(struct.fields).filter(([, { type }]) => type === "list" || type === "object");
  return [
    struct,
    ...inner.flatMap(([name, field]) => {
      const own = structName(struct.name, name, field);
      const doc =
        field.type === "list" ? `${own} is one of the ${name}.` : `${own} says: ${inSentence(field.doc)}`;
      return structs({ name: own, doc, fields: fieldsOf(field) });
    }),
  ];
}

/** A text behind a colon; what begins with capitals keeps them. */
function inSentence(text: string): string {
  return /^[A-Z][A-Z]/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

/** The file of a document. */
export function goShape(contract: string, name: string, shape: Shape): GeneratedFile {
  const doc = `${name} says: ${inSentence(shape.title)}.`;
  return goFile(contract, structs({ name, doc, fields: shape.fields }).map(structText));
}
