/** The raw record: names of headers, sources and members for Go and Java, a table of docs. Pure. */
import { z } from "zod";
import { type GoConstant, goComment, goConstants, goFile, goName, goText } from "./go.ts";
import { javaConstants, javaEnumValues, javaFile, javaText, javaTextEnum, javadoc } from "./java.ts";
import { type GeneratedFile, parseContract } from "./source.ts";
import { constantName, cell, markdownTable } from "./text.ts";

const NAME = "raw-record";

const word = z.string().regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
const doc = z.string().min(1);
const named = z.strictObject({ name: word, doc });
const member = named.extend({ type: z.enum(["text", "object"]).default("text") });

const rawRecordSchema = z.strictObject({
  headers: z.array(named).min(1),
  capturedPrefix: z.string().regex(/^[a-z]+\.$/),
  sources: z.array(z.strictObject({ source: word, stored: word, doc })).min(1),
  logFormats: z.array(z.strictObject({ format: word, doc })).min(1),
  members: z.array(member).min(1),
  logMembers: z.array(named).min(1),
  key: z.array(doc).min(1),
  absentIds: z.array(z.string().regex(/^[^A-Z]+$/)).min(1),
  maskings: z.array(z.strictObject({ masking: z.string().regex(/^[A-Z][A-Za-z]+$/), doc })).min(1),
  limits: z.record(z.string(), z.strictObject({ value: z.int().positive(), doc })),
  secretHeaders: z.array(z.string().regex(/^[a-z]+(-[a-z]+)*$/)).min(1),
});

export type RawRecord = z.infer<typeof rawRecordSchema>;

/** Parses and checks the contract. Throws with what is wrong and where. */
export function parseRawRecord(yaml: string): RawRecord {
  return parseContract(NAME, rawRecordSchema, yaml);
}

type Named = z.infer<typeof named>;

function goNamed(prefix: string, items: readonly Named[]): readonly GoConstant[] {
  return items.map(({ name, doc: text }) => ({
    name: prefix + goName(name),
    value: goText(name),
    doc: text,
  }));
}

function goEvent(record: RawRecord): string {
  const types = { text: "string", object: "map[string]any" };
  const fields = record.members.map(
    ({ name, doc: text, type }) =>
      `${goComment(text, 1)}\t${goName(name)} ${types[type]} \`json:"${name},omitempty"\`\n`,
  );
  return `${goComment("Event is an event as JSON, for those who make events.")}type Event struct {\n${fields.join("")}}\n`;
}

function goSource(record: RawRecord): GeneratedFile {
  const sources = record.sources.map(({ source, doc: text }): GoConstant => ({
    name: `Source${goName(source)}`,
    type: "Source",
    value: goText(source),
    doc: text,
  }));
  const formats = record.logFormats.map(({ format, doc: text }) => ({ name: format, doc: text }));
  const limits = Object.entries(record.limits).map(([name, { value, doc: text }]) => ({
    name: goName(name),
    value: String(value),
    doc: text,
  }));
  const maskings = record.maskings.map(({ masking, doc: text }): GoConstant => ({
    name: `Mask${masking}`,
    type: "Masking",
    value: goText(masking),
    doc: text,
  }));
  const prefix = {
    name: "HeaderCapturedPrefix",
    value: goText(record.capturedPrefix),
    doc: "Comes before the lower-case name of a captured request header.",
  };
  const absent = record.absentIds.map((id) => `\t${goText(id)},\n`).join("");
  const secrets = record.secretHeaders.map((header) => `\t${goText(header)},\n`).join("");
  return goFile(NAME, [
    goConstants(
      "The headers of a raw record. Every value is UTF-8 text; a header without a value is left out.",
      [...goNamed("Header", record.headers), prefix],
    ),
    `${goComment("Source is how an event came, the value of HeaderSource.")}type Source string\n`,
    goConstants("The sources.", sources),
    goConstants("Members of an event.", goNamed("Member", record.members)),
    goEvent(record),
    goConstants("Members of an event that is a line of an access log.", goNamed("Member", record.logMembers)),
    goConstants("Formats of access logs.", goNamed("LogFormat", formats)),
    `${goComment("LogFormats are all of them.")}var LogFormats = []string{${goNamed("LogFormat", formats)
      .map(({ name }) => name)
      .join(", ")}}\n`,
    `${goComment("Masking says how much of a client's address is kept.")}type Masking string\n`,
    goConstants("The maskings.", maskings),
    `${goComment("Maskings are all of them.")}var Maskings = []string{${record.maskings.map(({ masking }) => `string(Mask${masking})`).join(", ")}}\n`,
    goConstants("Limits of a raw record.", limits),
    `${goComment("AbsentIDs are what programs write as an identifier for want of one, in small letters.")}var AbsentIDs = []string{\n${absent}}\n`,
    `${goComment("SecretHeaders are the request headers, in lower case, that are never captured: their values are secrets.")}var SecretHeaders = []string{\n${secrets}}\n`,
  ]);
}

function javaNamed(items: readonly Named[]): readonly string[] {
  return items.map(
    ({ name, doc: text }) =>
      `${javadoc(text, 1)}    public static final String ${constantName(name)} = ${javaText(name)};\n`,
  );
}

function javaSources(record: RawRecord): GeneratedFile {
  const values = record.sources.map(({ source, stored, doc: text }) => ({
    name: constantName(source),
    fields: [javaText(source), javaText(stored)],
    doc: text,
  }));
  return javaFile(NAME, "Source", {
    imports: ["java.util.Optional"],
    source: `/** How an event came: the values of the record's header {@code source}. */
public enum Source {
${javaEnumValues(values)}
    private final String text;
    private final String stored;

    Source(String text, String stored) {
        this.text = text;
        this.stored = stored;
    }

    /** The value of the record's header. */
    public String text() {
        return text;
    }

    /** The value of the column {@code source}. */
    public String stored() {
        return stored;
    }

    /** The source with this text in the record's header. */
    public static Optional<Source> of(String text) {
        for (Source source : values()) {
            if (source.text.equals(text)) {
                return Optional.of(source);
            }
        }
        return Optional.empty();
    }
}
`,
  });
}

function javaFiles(record: RawRecord): readonly GeneratedFile[] {
  const prefix = `${javadoc("Comes before the lower-case name of a captured request header.", 1)}    public static final String CAPTURED_PREFIX = ${javaText(record.capturedPrefix)};\n`;
  const formats = record.logFormats.map(({ format, doc: text }) => ({
    name: constantName(format),
    fields: [javaText(format)],
    doc: text,
  }));
  const maskings = record.maskings.map(({ masking, doc: text }) => ({
    name: constantName(masking),
    fields: [javaText(masking)],
    doc: text,
  }));
  return [
    javaFile(NAME, "Masking", javaTextEnum("Masking", "What is kept of a client's address.", maskings)),
    javaFile(
      NAME,
      "RecordHeaders",
      javaConstants("RecordHeaders", "Names of a raw record's headers. Every value is UTF-8 text.", [
        ...javaNamed(record.headers),
        prefix,
      ]),
    ),
    javaFile(
      NAME,
      "EventMembers",
      javaConstants(
        "EventMembers",
        "Names of an event's members; all others go to the column properties.",
        javaNamed([...record.members, ...record.logMembers]),
      ),
    ),
    javaSources(record),
    javaFile(NAME, "LogFormat", javaTextEnum("LogFormat", "Formats of access logs.", formats)),
  ];
}

/** Every file that is made of the contract, but for TypeScript, which is formatted later. */
export function rawRecordFiles(record: RawRecord): readonly GeneratedFile[] {
  return [goSource(record), ...javaFiles(record)];
}

/** src/generated/raw-record.ts, before formatting. */
export function rawRecordModule(record: RawRecord): string {
  const maskings = record.maskings.map(({ masking }) => masking);
  return `/** What is kept of client addresses. */
export const IP_MASKINGS = ${JSON.stringify(maskings)} as const;

/** One of them. */
export type IpMasking = (typeof IP_MASKINGS)[number];

/** What programs write as an identifier for want of one, in small letters. */
export const ABSENT_IDS: readonly string[] = ${JSON.stringify(record.absentIds)};

/** Request headers, in lower case, that are never captured: their values are secrets. */
export const SECRET_HEADERS: readonly string[] = ${JSON.stringify(record.secretHeaders)};
`;
}

/** The sections of docs/collector.md. `failures` are the reasons that the collector itself gives. */
export function rawRecordSections(
  record: RawRecord,
  failures: readonly string[],
): Readonly<Record<string, string>> {
  const notes: Readonly<Record<string, string>> = {
    source: record.sources.map(({ source }) => `\`${source}\``).join(", "),
    failure: failures.map((reason) => `\`${reason}\``).join(", "),
  };
  const headers = record.headers.map(({ name, doc: text }) => [
    `\`${name}\``,
    cell(notes[name] === undefined ? text : `${text.replace(/\.$/, "")}: ${notes[name]}.`),
  ]);
  const captured = [`\`${record.capturedPrefix}<name>\``, "Each of `CAPTURE_HEADERS` that the request has."];
  return {
    headers: markdownTable(["Header", "Meaning"], [...headers, captured]),
    key: record.key.map((text, index) => `${index + 1}. ${text}`).join("\n"),
  };
}
