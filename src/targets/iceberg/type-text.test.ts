import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyWantedType } from "../../testing/arbitrary-tables.ts";
import { TypeTextError, parseType, printType } from "./type-text.ts";

describe("a type text", () => {
  it("of a scalar is the scalar", () => {
    expect(parseType("timestamptz")).toEqual({ kind: "scalar", name: "timestamptz" });
  });

  it("may nest lists, maps and structs", () => {
    expect(parseType("map<string,list<struct<sku:string,price:decimal(9,2)>>>")).toEqual({
      kind: "map",
      key: { kind: "scalar", name: "string" },
      value: {
        kind: "list",
        element: {
          kind: "struct",
          fields: [
            { name: "sku", type: { kind: "scalar", name: "string" } },
            { name: "price", type: { kind: "scalar", name: "decimal(9,2)" } },
          ],
        },
      },
    });
  });

  it("may have spaces, which make no difference", () => {
    expect(printType(parseType(" struct< a : decimal( 9 , 2 ) , b:fixed(16) > "))).toBe(
      "struct<a:decimal(9,2),b:fixed(16)>",
    );
  });

  it("is printed so that it reads as the same type again", () => {
    fc.assert(
      fc.property(anyWantedType(), (type) => {
        expect(parseType(printType(type))).toEqual(type);
      }),
    );
  });

  it.each([
    ["", 'type "" lacks a type (at character 1)'],
    ["varchar", 'has the unknown type "varchar"'],
    ["list<>", "lacks a type"],
    ["list<int", 'lacks ">"'],
    ["list<int>>", "has something after its end"],
    ["map<string>", 'lacks ","'],
    ["map<string,int,int>", 'lacks ">"'],
    ["struct<>", "lacks the name"],
    ["struct<a>", 'lacks ":"'],
    ["struct<a:int,a:int>", 'names the field "a" twice'],
    ["list<struct<a:int>,b:int>", 'lacks ">"'],
    ["decimal", 'lacks "("'],
    ["decimal(0,0)", "precision from 1 to 38"],
    ["decimal(39,0)", "precision from 1 to 38"],
    ["decimal(5,6)", "more decimals than digits"],
    ["decimal(x,6)", "lacks a number"],
    ["fixed(0)", "length of at least 1"],
    ["fixed(1234567890123)", "lacks a number"],
    ["list<".repeat(40) + "int" + ">".repeat(40), "nests deeper"],
  ])("is refused when it is %j, with the reason", (text, message) => {
    expect(() => parseType(text)).toThrow(TypeTextError);
    expect(() => parseType(text)).toThrow(message);
  });

  it("never makes the reader hang or fail in another way, whatever it is", () => {
    const anyText = fc.oneof(fc.string(), fc.stringMatching(/^[listmapruc<>:,()0-9 ]*$/));
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          parseType(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeTextError);
        }
      }),
    );
  });
});
