/** Go structs of documents, for whoever writes and whoever reads them. Pure. */
import { goComment, goFile, goName } from "./go.ts";
import { type Field, type Fields, type Shape, fieldsOf } from "./shape.ts";
import type { GeneratedFile } from "./source.ts";

interface Struct {
  readonly name: string;
  readonly doc: string;
  readonly fields: Fields;
}

/** `partitions` of the document `Accounting` holds elements of the struct `AccountingPartition`. */
function elementName(parent: string, field: string): string {
  return parent + goName(field).replace(/s$/, "");
}

/** Go types by the types of fields, as far as any document needs them. */
const TYPES: Partial<Record<Field["type"], (field: Field, element: string) => string>> = {
  text: () => "string",
  whole: ({ bits }) => (bits === 32 ? "int32" : "int64"),
  number: () => "float64",
  flag: () => "bool",
  list: (_, element) => `[]${element}`,
};

function typeOf(parent: string, name: string, field: Field): string {
  const type = TYPES[field.type]?.(field, elementName(parent, name));
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
  const lists = Object.entries(struct.fields).filter(([, field]) => field.type === "list");
  return [
    struct,
    ...lists.flatMap(([name, field]) =>
      structs({
        name: elementName(struct.name, name),
        doc: `${elementName(struct.name, name)} is one of the ${name}.`,
        fields: fieldsOf(field),
      }),
    ),
  ];
}

/** The file of a document. */
export function goShape(contract: string, name: string, shape: Shape): GeneratedFile {
  const doc = `${name} says: ${shape.title.charAt(0).toLowerCase()}${shape.title.slice(1)}.`;
  return goFile(contract, structs({ name, doc, fields: shape.fields }).map(structText));
}
