/** Type texts of manifests (`list<struct<sku:string,price:decimal(9,2)>>`): reading and printing. Pure. */
import type { WantedStructField, WantedType } from "./types.ts";

const PLAIN: ReadonlySet<string> = new Set([
  ...["boolean", "int", "long", "float", "double", "date", "time", "timestamp", "timestamptz"],
  ...["string", "uuid", "binary"],
]);

/** What the API server lets through is shallower; this protects against texts that did not pass it. */
const MAX_DEPTH = 32;
const MAX_PRECISION = 38;

/** The text is no type; the message says where and why. */
export class TypeTextError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TypeTextError";
  }
}

/** Reads a type text. Throws `TypeTextError`. Spaces around words are allowed. */
export function parseType(text: string): WantedType {
  const reader = new TypeReader(text);
  const type = reader.readType(0);
  reader.expectEnd();
  return type;
}

/** Prints a type as `parseType` reads it, in its shortest form. */
export function printType(type: WantedType): string {
  switch (type.kind) {
    case "scalar":
      return type.name;
    case "list":
      return `list<${printType(type.element)}>`;
    case "map":
      return `map<${printType(type.key)},${printType(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}:${printType(field.type)}`).join(",")}>`;
  }
}

class TypeReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readType(depth: number): WantedType {
    if (depth > MAX_DEPTH) throw this.#error(`nests deeper than ${MAX_DEPTH} levels`);
    const word = this.#readWord();
    switch (word) {
      case "list":
        return this.#readList(depth);
      case "map":
        return this.#readMap(depth);
      case "struct":
        return this.#readStruct(depth);
      default:
        return { kind: "scalar", name: this.#readScalar(word) };
    }
  }

  expectEnd(): void {
    this.#skipSpaces();
    if (this.#position < this.#text.length) throw this.#error("has something after its end");
  }

  #readList(depth: number): WantedType {
    this.#expect("<");
    const element = this.readType(depth + 1);
    this.#expect(">");
    return { kind: "list", element };
  }

  #readMap(depth: number): WantedType {
    this.#expect("<");
    const key = this.readType(depth + 1);
    this.#expect(",");
    const value = this.readType(depth + 1);
    this.#expect(">");
    return { kind: "map", key, value };
  }

  #readStruct(depth: number): WantedType {
    this.#expect("<");
    const fields: WantedStructField[] = [];
    do {
      const name = this.#readWord();
      if (name === "") throw this.#error("lacks the name of a struct's field");
      if (fields.some((field) => field.name === name)) throw this.#error(`names the field "${name}" twice`);
      this.#expect(":");
      fields.push({ name, type: this.readType(depth + 1) });
    } while (this.#accept(","));
    this.#expect(">");
    return { kind: "struct", fields };
  }

  #readScalar(word: string): string {
    if (word === "decimal") return this.#readDecimal();
    if (word === "fixed") return this.#readFixed();
    if (!PLAIN.has(word)) throw this.#error(word === "" ? "lacks a type" : `has the unknown type "${word}"`);
    return word;
  }

  #readDecimal(): string {
    this.#expect("(");
    const precision = this.#readNumber();
    this.#expect(",");
    const scale = this.#readNumber();
    this.#expect(")");
    if (precision < 1 || precision > MAX_PRECISION)
      throw this.#error(`must have a precision from 1 to ${MAX_PRECISION}`);
    if (scale > precision) throw this.#error("must not have more decimals than digits");
    return `decimal(${precision},${scale})`;
  }

  #readFixed(): string {
    this.#expect("(");
    const length = this.#readNumber();
    this.#expect(")");
    if (length < 1) throw this.#error("must have a length of at least 1");
    return `fixed(${length})`;
  }

  #readNumber(): number {
    const word = this.#readWord();
    if (!/^\d{1,9}$/.test(word)) throw this.#error("lacks a number");
    return Number(word);
  }

  #readWord(): string {
    this.#skipSpaces();
    const word = /^\w*/.exec(this.#text.slice(this.#position))?.[0] ?? "";
    this.#position += word.length;
    return word;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw this.#error(`lacks "${character}"`);
  }

  #accept(character: string): boolean {
    this.#skipSpaces();
    if (this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  #skipSpaces(): void {
    while (this.#text[this.#position] === " ") this.#position += 1;
  }

  #error(problem: string): TypeTextError {
    return new TypeTextError(`type "${this.#text}" ${problem} (at character ${this.#position + 1})`);
  }
}
