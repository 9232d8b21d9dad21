/** Java source from contracts. Pure. */
import { type GeneratedFile, sourceNote } from "./source.ts";
import { wrapped } from "./text.ts";

/** Where generated Java goes: the folder of the package below, in the module that holds the model. */
const JAVA_FOLDER = "java/model/src/main/java/io/openclickstream/model";
const JAVA_PACKAGE = "io.openclickstream.model";

const INDENT = "    ";

/** Text of a comment: what stands in backquotes is code, and nothing is markup or ends the comment. */
function javadocText(text: string): string {
  return text
    .replaceAll("*/", "* /")
    .split("`")
    .map((part, index) =>
      index % 2 === 1
        ? `{@code ${part}}`
        : part.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    )
    .join("");
}

/** A documentation comment, indented. */
export function javadoc(text: string, depth = 0): string {
  const indent = INDENT.repeat(depth);
  const escaped = javadocText(text);
  if (escaped.length + indent.length <= 112) return `${indent}/** ${escaped} */\n`;
  const lines = wrapped(escaped, 116 - indent.length).map((line) => `${indent} * ${line}\n`);
  return `${indent}/**\n${lines.join("")}${indent} */\n`;
}

/** A text as Java source. */
export function javaText(text: string): string {
  return JSON.stringify(text);
}

/** The source of a class of constants that nobody makes an object of. `members` are indented already. */
export function javaConstants(name: string, doc: string, members: readonly string[]): JavaSource {
  return {
    imports: [],
    source: `${javadoc(doc)}public final class ${name} {\n${members.join("\n")}\n${INDENT}private ${name}() {\n${INDENT}}\n}\n`,
  };
}

/** What a file declares, and what it needs for that. */
export interface JavaSource {
  readonly imports: readonly string[];
  readonly source: string;
}

/** A file of one class. */
export function javaFile(contract: string, name: string, { imports, source }: JavaSource): GeneratedFile {
  const uses = imports.map((path) => `import ${path};\n`).join("");
  return [
    `${JAVA_FOLDER}/${name}.java`,
    `// ${sourceNote(contract)}\npackage ${JAVA_PACKAGE};\n\n${uses}${uses === "" ? "" : "\n"}${source}`,
  ];
}

/** One value of an enum of texts. */
export interface JavaEnumValue {
  readonly name: string;
  /** Arguments of the constructor as Java source. */
  readonly fields: readonly string[];
  readonly doc: string;
}

/** Values of an enum, one after the other. */
export function javaEnumValues(values: readonly JavaEnumValue[]): string {
  return `${values.map(({ name, fields, doc }) => `${javadoc(doc, 1)}${INDENT}${name}(${fields.join(", ")})`).join(",\n")};\n`;
}

/** The source of an enum whose values are texts: `text()` of a value, and `of(text)` for the value with a text. */
export function javaTextEnum(name: string, doc: string, values: readonly JavaEnumValue[]): JavaSource {
  return {
    imports: ["java.util.Optional"],
    source: `${javadoc(doc)}public enum ${name} {
${javaEnumValues(values)}
    private final String text;

    ${name}(String text) {
        this.text = text;
    }

    /** The value as it is written everywhere outside the job. */
    public String text() {
        return text;
    }

    /** The value with this text. */
    public static Optional<${name}> of(String text) {
        for (${name} value : values()) {
            if (value.text.equals(text)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
`,
  };
}
