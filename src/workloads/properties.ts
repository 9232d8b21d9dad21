/** Files of Java properties. Pure. */

/** Values by name; one that is `undefined` is left out. */
export type Properties = Readonly<Record<string, string | number | boolean | undefined>>;

/** One `name=value` a line, in the order given. `java.util.Properties` reads it back as it was, in whatever encoding it reads. */
export function renderProperties(properties: Properties): string {
  return Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${escapeName(name)}=${escapeValue(String(value))}\n`)
    .join("");
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
};

/** The first blank, `=` or `:` ends a name; `#` and `!` begin a comment. */
function escapeName(name: string): string {
  return escapeText(name).replaceAll(/[ =:#!]/g, "\\$&");
}

/** Blanks before a value are layout. */
function escapeValue(value: string): string {
  return escapeText(value).replace(/^ /, "\\ ");
}

/** A backslash begins an escape, a line break ends the value, and beyond ASCII it depends on the reader what the bytes mean. */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll(/[^ -~]/g, (unit) => NAMED_ESCAPES[unit] ?? unicodeEscape(unit));
}

/** One UTF-16 code unit as Java writes it. */
function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
