import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { KINDS } from "../src/crds/kinds.ts";
import { SPARK_DRIVER_RULES, operatorRules } from "../src/crds/permissions.ts";
import { type OpenApiSchema, customResourceDefinition, toOpenApiSchema } from "./crd-manifests.ts";
import { parseEventModel } from "./contracts/event-model.ts";
import { generatedFiles, staleFiles } from "./generated-files.ts";
import { fillKindPage } from "./kind-pages.ts";

const ROOT = join(import.meta.dirname, "..");

describe("generated files", () => {
  let copy = "";

  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), "generated-files-"));
    await cp(join(ROOT, "contracts"), join(copy, "contracts"), { recursive: true });
    await cp(join(ROOT, "docs"), join(copy, "docs"), { recursive: true });
    for (const [path, content] of await generatedFiles(copy)) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await writeFile(join(copy, path), content);
    }
  });

  afterEach(async () => {
    await rm(copy, { recursive: true });
  });

  it("are up to date in this checkout", async () => {
    expect(await staleFiles(ROOT)).toStrictEqual([]);
  });

  it("are not stale right after they were written", async () => {
    expect(await staleFiles(copy)).toStrictEqual([]);
  });

  it("are stale by name when one was edited and one removed", async () => {
    await writeFile(join(copy, "config/crd/lake-table.yaml"), "edited");
    await rm(join(copy, "config/rbac/user-roles.yaml"));
    expect(await staleFiles(copy)).toStrictEqual([
      "config/crd/lake-table.yaml",
      "config/rbac/user-roles.yaml",
    ]);
  });

  it("are stale when the event model gained a column", async () => {
    const path = join(copy, "contracts/event-model.yaml");
    const model = await readFile(path, "utf8");
    const column = "      - { name: extra, type: string, doc: Extra., source: Extra. }\n";
    await writeFile(path, model.replace("    columns:\n", `    columns:\n${column}`));
    expect(await staleFiles(copy)).toStrictEqual([
      "src/generated/event-model.ts",
      "java/model/src/main/java/io/openclickstream/model/EventColumns.java",
      "docs/event-model.md",
    ]);
  });
});

/** Every schema below one, with its path. */
function walk(schema: OpenApiSchema, path: string): readonly [string, OpenApiSchema][] {
  return [
    [path, schema],
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
      walk(property, `${path}.${name}`),
    ),
    ...(schema.items === undefined ? [] : walk(schema.items, `${path}[]`)),
    ...(schema.additionalProperties === undefined ? [] : walk(schema.additionalProperties, `${path}{}`)),
  ];
}

const BOUNDS: Readonly<Record<string, (schema: OpenApiSchema) => boolean>> = {
  string: (schema) => schema.maxLength !== undefined || schema.enum !== undefined,
  array: (schema) => schema.maxItems !== undefined,
  integer: (schema) => schema.minimum !== undefined && schema.maximum !== undefined,
  object: (schema) => schema.additionalProperties === undefined || schema.maxProperties !== undefined,
};

function isBounded(schema: OpenApiSchema): boolean {
  return BOUNDS[schema.type ?? ""]?.(schema) ?? true;
}

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))("the definition of %s", (_, kind) => {
  const properties = customResourceDefinition(kind).spec.versions[0]?.schema.openAPIV3Schema.properties ?? {};
  const fields = ["spec", "status"].flatMap((name) => walk(properties[name] ?? {}, name));

  it("bounds every text, list, map and integer", () => {
    expect(fields.filter(([, schema]) => !isBounded(schema)).map(([path]) => path)).toStrictEqual([]);
  });

  it("describes every field in a sentence", () => {
    const isField = (path: string): boolean => !/(\[\]|\{\})$/.test(path);
    const bare = fields.filter(
      ([path, schema]) => isField(path) && !/^[A-Z].*\.$/.test(schema.description ?? ""),
    );
    expect(bare.map(([path]) => path)).toStrictEqual([]);
  });

  it("has messages that tell what must be true", () => {
    const messages = fields.flatMap(([, schema]) => schema["x-kubernetes-validations"] ?? []);
    expect(
      messages.map(({ message }) => message).filter((message) => !message.includes("must")),
    ).toStrictEqual([]);
  });
});

describe("a schema for the API server", () => {
  it("must not use a union, which is not structural", () => {
    expect(() => toOpenApiSchema(z.union([z.string(), z.int()]))).toThrow("must not use anyOf");
  });

  it("must not close objects, which is not structural", () => {
    expect(() => toOpenApiSchema(z.strictObject({}))).toThrow();
  });
});

describe("the event model", () => {
  const table = (columns: string): string =>
    `{ suffix: t, doc: T, partitionBy: [], sortBy: [], columns: [${columns}] }`;
  const model = (columns: string): string =>
    `tables: { events: ${table(columns)}, failedEvents: ${table(columns)}, duplicateEvents: ${table(columns)} }\nfailureReasons: []`;
  const column = (name: string, type = "string"): string =>
    `{ name: ${name}, type: "${type}", doc: D, source: S }`;

  it("takes tables that are LakeTables", () => {
    expect(Object.keys(parseEventModel(model(column("a"))).tables)).toHaveLength(3);
  });

  it.each([
    ["a type that Iceberg has not", column("a", "varchar"), /table 'events'.*must be an Iceberg type/s],
    ["one column twice", `${column("a")}, ${column("a")}`, /same name/],
    ["a column without a meaning", "{ name: a, type: int, source: S }", /doc/],
  ])("refuses %s", (_, columns, message) => {
    expect(() => parseEventModel(model(columns))).toThrow(message);
  });

  it("gives every event of a table the place of its record", async () => {
    const { tables } = parseEventModel(await readFile(join(ROOT, "contracts/event-model.yaml"), "utf8"));
    for (const { columns } of Object.values(tables)) {
      const required = columns.filter((candidate) => candidate.required === true).map(({ name }) => name);
      expect(required).toEqual(
        expect.arrayContaining(["event_id", "received_at", "kafka_partition", "kafka_offset"]),
      );
    }
  });
});

describe("a page of docs", () => {
  const [kind] = KINDS;
  if (kind === undefined) throw new Error("no kinds");
  const place = (name: string): string => `<!-- generated: ${name} -->\nobsolete\n<!-- end -->\n`;

  it("is refused without a place for each generated section", () => {
    expect(() => fillKindPage(place("spec"), kind)).toThrow("must have the sections rules, status, columns");
  });

  it("is refused with a place for a section that nobody generates", () => {
    expect(() => fillKindPage(place("example"), kind)).toThrow("unknown section 'example'");
  });

  it("keeps what a person wrote around the generated sections", () => {
    const page = `Before.\n${["spec", "rules", "status", "columns"].map(place).join("Between.\n")}After.\n`;
    const filled = fillKindPage(page, kind);
    expect(filled).toMatch(/^Before\.\n/);
    expect(filled).toMatch(/After\.\n$/);
    expect(filled).not.toContain("obsolete");
    expect(fillKindPage(filled, kind)).toBe(filled);
  });
});

describe("the operator's permissions", () => {
  const rules = operatorRules(KINDS.map((kind) => kind.plural));

  function verbsOn(resource: string): readonly string[] {
    return rules.filter((rule) => rule.resources.includes(resource)).flatMap((rule) => rule.verbs);
  }

  it("hold all that it grants to a Spark driver", () => {
    for (const { resources, verbs } of SPARK_DRIVER_RULES) {
      for (const resource of resources) expect(verbsOn(resource)).toEqual(expect.arrayContaining([...verbs]));
    }
  });

  it("let it read a Secret by name and nothing else about Secrets", () => {
    expect(verbsOn("secrets")).toStrictEqual(["get"]);
  });

  it("hold no wildcard", () => {
    expect(JSON.stringify(rules)).not.toContain("*");
  });
});
