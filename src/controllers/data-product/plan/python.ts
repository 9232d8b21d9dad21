/** Data as Python source text, laid out for a person. Pure. */

const WIDTH = 110;
const INDENT = "    ";

/** JSON is Python but for three words; a text of JSON is one of Python. Members that are `undefined` are left out. */
export function python(value: unknown, depth = 0): string {
  const line = onOneLine(value);
  if (typeof value !== "object" || value === null || depth * INDENT.length + line.length <= WIDTH)
    return line;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const inner = INDENT.repeat(depth + 1);
  const members = Array.isArray(value)
    ? value.map((element) => python(element, depth + 1))
    : membersOf(value).map(([key, member]) => `${JSON.stringify(key)}: ${python(member, depth + 1)}`);
  return `${open}\n${members.map((member) => `${inner}${member},\n`).join("")}${INDENT.repeat(depth)}${close}`;
}

function onOneLine(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  const members = membersOf(value).map(([key, member]) => `${JSON.stringify(key)}: ${onOneLine(member)}`);
  return `{${members.join(", ")}}`;
}

function membersOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}
