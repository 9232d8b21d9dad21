import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderProperties } from "./properties.ts";

/** What `java.util.Properties.load` makes of a text, by its documentation; written apart from the renderer. */
function load(text: string): Record<string, string> {
  const loaded: Record<string, string> = {};
  for (const line of text.split(/\r\n|\n|\r/)) {
    const start = line.replace(/^[ \t\f]+/, "");
    if (start === "" || start.startsWith("#") || start.startsWith("!")) continue;
    const name = /^(?:\\.|[^\\ \t\f=:])*/.exec(start)?.[0] ?? "";
    const value = start.slice(name.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, "");
    loaded[unescape(name)] = unescape(value);
  }
  return loaded;
}

function unescape(text: string): string {
  const named: Record<string, string> = { n: "\n", r: "\r", t: "\t", f: "\f" };
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_all, code: string | undefined, char: string) =>
    code === undefined ? (named[char] ?? char) : String.fromCharCode(parseInt(code, 16)),
  );
}

describe("a file of properties", () => {
  it.each([
    ["a plain value", { "spark.app.name": "web" }, "spark.app.name=web\n"],
    ["a number and a truth value", { port: 8080, "is.on": false }, "port=8080\nis.on=false\n"],
    ["no value", { none: undefined, some: "" }, "some=\n"],
    ["a backslash", { path: "C:\\new" }, "path=C:\\\\new\n"],
    ["a blank at the beginning", { text: "  two" }, "text=\\  two\n"],
    ["a tab at the beginning", { text: "\tone" }, "text=\\tone\n"],
    ["line breaks", { text: "a\nb\r\nc" }, "text=a\\nb\\r\\nc\n"],
    ["separators within a value", { url: "jdbc:x://h/?a=b#c" }, "url=jdbc:x://h/?a=b#c\n"],
    ["separators within a name", { "a b=c:d": "x", "#e": "y" }, "a\\ b\\=c\\:d=x\n\\#e=y\n"],
    ["letters beyond ASCII", { greeting: "Grüße 😀" }, "greeting=Gr\\u00fc\\u00dfe \\ud83d\\ude00\n"],
  ])("holds %s", (_case, properties, text) => {
    expect(renderProperties(properties)).toBe(text);
  });

  it("is read back as it was", () => {
    const text = fc.string({ unit: "binary" });
    const name = text.filter((each) => each !== "" && each !== "__proto__");
    fc.assert(
      fc.property(fc.dictionary(name, text), (properties) => {
        expect(load(renderProperties(properties))).toEqual({ ...properties });
      }),
    );
  });
});
