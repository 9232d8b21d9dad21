/** Names of children: suffixes and limits for the operator and for the command-line tool. Pure. */
import { z } from "zod";
import { type GoConstant, goComment, goFile, goName, goText } from "./go.ts";
import { javaConstants, javaFile, javaText, javadoc } from "./java.ts";
import { type GeneratedFile, parseContract } from "./source.ts";
import { constantName, tsdoc } from "./text.ts";

const NAME = "names";

const doc = z.string().min(1);
const limitName = z.enum(["workload", "resource"]);
const child = z.strictObject({ suffix: z.string().regex(/^[a-z]+(-[a-z]+)*$/), limit: limitName, doc });
const table = z.strictObject({ replaced: z.string().min(1), appended: z.string(), doc });

const run = z.strictObject({ prefix: z.string().regex(/^[a-z]+-$/), doc });

const mark = z.strictObject({ name: z.string().regex(/^[a-z]+(-[a-z]+)*$/), doc });

/** What every mark's name begins with. */
const MARK_PREFIX = "openclickstream.";
const MARKS_DOC =
  "Where the stream job and the batch job leave in a table what they did: its properties, and members of the summaries of its snapshots.";

const namesSchema = z.strictObject({
  hashLength: z.int().positive(),
  limits: z.record(limitName, z.strictObject({ maxLength: z.int().positive(), doc })),
  pipeline: z.record(z.string(), child),
  product: z.record(z.string(), child),
  runs: z.record(z.string(), run),
  tableMarks: z.record(z.string(), mark),
  tables: z.strictObject({ database: table, prefix: table }),
});

export type Names = z.infer<typeof namesSchema>;

/** Parses and checks the contract. Throws with what is wrong and where. */
export function parseNames(yaml: string): Names {
  return parseContract(NAME, namesSchema, yaml);
}

/** src/generated/names.ts, before formatting. */
export function namesModule(names: Names): string {
  const limits = Object.entries(names.limits).map(
    ([name, { maxLength, doc: text }]) => `${tsdoc(text)}${name}: ${maxLength},`,
  );
  const tables = Object.entries(names.tables).map(
    ([name, { replaced, appended, doc: text }]) =>
      `${tsdoc(text)}${name}: ${JSON.stringify({ replaced, appended })},`,
  );
  const runs = Object.entries(names.runs).map(
    ([name, { prefix, doc: text }]) => `${tsdoc(text)}${name}: ${JSON.stringify(prefix)},`,
  );
  const marks = Object.entries(names.tableMarks).map(
    ([key, { name, doc: text }]) => `${tsdoc(text)}${key}: ${JSON.stringify(MARK_PREFIX + name)},`,
  );
  return `/** Hexadecimal digits of the hash in a name that was cut. */
export const NAME_HASH_LENGTH = ${names.hashLength};

/** Longest names of children. */
export const MAX_NAME_LENGTHS = {${limits.join("\n")}} as const;

/** Children of a pipeline: what follows its name, and which limit their names have. */
export const PIPELINE_CHILDREN = {${childMembers(names.pipeline)}} as const;

/** What a data product makes beside its LakeTable: what follows its name, and which limit the names have. */
export const PRODUCT_CHILDREN = {${childMembers(names.product)}} as const;

/** How the ids of a data product's runs begin, by what starts them. */
export const RUN_PREFIXES = {${runs.join("\n")}} as const;

${tsdoc(MARKS_DOC)}export const TABLE_MARKS = {${marks.join("\n")}} as const;

/** Names of a pipeline's tables where it names none: each of the characters becomes a \`_\`, and something is appended. */
export const DEFAULT_TABLE_NAMES = {${tables.join("\n")}} as const;
`;
}

function childMembers(children: Names["pipeline"]): string {
  return Object.entries(children)
    .map(
      ([name, { suffix, limit, doc: text }]) =>
        `${tsdoc(text)}${name}: ${JSON.stringify({ suffix, limit })},`,
    )
    .join("\n");
}

function goChildren(names: Names): string {
  const members = Object.entries(names.pipeline).map(
    ([name, { suffix, limit, doc: text }]) =>
      `${goComment(text, 1)}\tChild${goName(name)} = Child{Suffix: ${goText(suffix)}, MaxLength: ${names.limits[limit].maxLength}, IsWorkload: ${limit === "workload"}}\n`,
  );
  return `${goComment("Children of a pipeline.")}var (\n${members.join("")})\n`;
}

function goRuns({ runs }: Names): string {
  const members = Object.entries(runs).map(
    ([name, { prefix, doc: text }]) =>
      `${goComment(text, 1)}\t${goName(name)}RunPrefix = ${goText(prefix)}\n`,
  );
  return `${goComment("How the ids of a data product's runs begin, by what starts them.")}const (\n${members.join("")})\n`;
}

function goMarks({ tableMarks }: Names): string {
  const members = Object.entries(tableMarks).map(
    ([key, { name, doc: text }]) =>
      `${goComment(text, 1)}\tTableMark${goName(key)} = ${goText(MARK_PREFIX + name)}\n`,
  );
  return `${goComment(MARKS_DOC)}const (\n${members.join("")})\n`;
}

function javaMarks({ tableMarks }: Names): GeneratedFile {
  const members = Object.entries(tableMarks).map(
    ([key, { name, doc: text }]) =>
      `${javadoc(text, 1)}    public static final String ${constantName(key)} = ${javaText(MARK_PREFIX + name)};\n`,
  );
  return javaFile(NAME, "TableMarks", javaConstants("TableMarks", MARKS_DOC, members));
}

function goTables({ tables }: Names): string {
  const members = Object.entries(tables).map(
    ([name, { replaced, appended, doc: text }]) =>
      `${goComment(text, 1)}\tDefault${goName(name)} = TableName{Replaced: ${goText(replaced)}, Appended: ${goText(appended)}}\n`,
  );
  return `${goComment("Names of a pipeline's tables where it names none.")}var (\n${members.join("")})\n`;
}

/** Every file that is made of the contract, but for TypeScript, which is formatted later. */
export function namesFiles(names: Names): readonly GeneratedFile[] {
  const length: GoConstant = {
    name: "NameHashLength",
    value: String(names.hashLength),
    doc: "NameHashLength is how many hexadecimal digits of a hash a name has that was cut.",
  };
  return [
    goFile(NAME, [
      `${goComment(length.doc)}const ${length.name} = ${length.value}\n`,
      `${goComment("Child is how a child's name is made of its parent's: the parent's name, a dash and the suffix, of at most MaxLength characters. In the name of a workload a dot of the parent becomes a dash.")}type Child struct {\n\tSuffix     string\n\tMaxLength  int\n\tIsWorkload bool\n}\n`,
      goChildren(names),
      `${goComment("TableName is how a default name is made: each of the characters Replaced becomes an underscore, and Appended follows.")}type TableName struct{ Replaced, Appended string }\n`,
      goTables(names),
      goRuns(names),
      goMarks(names),
    ]),
    javaMarks(names),
  ];
}
