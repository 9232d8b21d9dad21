/** Renders files of properties: one `name=value` a line, in the order given, without those that have no value. Pure. */

export type Properties = Readonly<Record<string, string | number | boolean | undefined>>;

export function renderProperties(properties: Properties): string {
  return Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeValue(String(value))}\n`)
    .join("");
}

/** How Trino is told to take a value from its environment. */
export function fromEnvironment(variable: string): string {
  return `\${ENV:${variable}}`;
}

/** Java properties treat a backslash as an escape, and leading blanks as layout. */
function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replace(/^[ \t]/, "\\$&");
}
