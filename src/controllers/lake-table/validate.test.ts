import { describe, expect, it } from "vitest";
import type { DataPlatform, LakeTable } from "../../crds/kinds.ts";
import { NAMESPACE, PLATFORM, PRESENT, describeError } from "../../testing/systems.ts";
import { readerOf } from "../../testing/object-reader.ts";
import { rivalsOf } from "../claims/rivals.ts";
import { TABLE_CLAIM } from "./claim.ts";
import type { ObservedTable } from "./observe.ts";
import { isShared } from "./places.ts";
import { validateTable } from "./validate.ts";

function table(
  spec: Partial<LakeTable["spec"]> = {},
  metadata: object = {},
  status?: LakeTable["status"],
): LakeTable {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "LakeTable",
    metadata: { namespace: NAMESPACE, name: "events", uid: "u", generation: 1, ...metadata },
    spec: {
      platformRef: { name: "main" },
      database: "shop",
      table: "events",
      columns: [{ name: "at", type: "timestamptz" }],
      ...spec,
    },
    ...(status && { status }),
  };
}

const OBSERVED: ObservedTable = {
  older: undefined,
  platform: PRESENT,
  table: { state: "known", value: undefined },
  overlap: undefined,
  renamedTo: { state: "known", value: undefined },
};

/** A cache that holds these tables and has them all looked at. */
function refusal(resource: LakeTable, observed: Partial<ObservedTable> = {}): unknown {
  try {
    return validateTable(resource, { ...OBSERVED, ...observed });
  } catch (error) {
    return describeError(error);
  }
}

describe("a table's manifest", () => {
  it("is resolved with all defaults", () => {
    const { wanted } = validateTable(table({ sortBy: [{ column: "at", direction: "desc" }] }), OBSERVED);
    expect(wanted).toEqual({
      identifier: { database: "shop", table: "events" },
      columns: [{ name: "at", type: { kind: "scalar", name: "timestamptz" }, isRequired: false }],
      partitionBy: [],
      sortBy: [{ column: "at", direction: "desc", nullOrder: "last" }],
      properties: {},
      formatVersion: undefined,
      location: { kind: "anywhere-in-bucket", bucket: "lake", fallback: "s3://lake/shop/events" },
      unnamed: { declared: new Map(), isDropAllowed: false, keepsOthers: false },
    });
  });

  it.each<[string, Partial<LakeTable["spec"]>, object]>([
    [
      "a type that cannot be read",
      {
        columns: [
          { name: "a", type: "int" },
          { name: "bad", type: "list<struct<a:int>,b:int>" },
        ],
      },
      {
        reason: "InvalidSpec",
        field: "spec.columns[1].type",
        message: expect.stringContaining('column "bad": type') as string,
      },
    ],
    [
      "two time transforms of one column",
      {
        partitionBy: [
          { column: "at", transform: "day" },
          { column: "at", transform: "hour" },
        ],
      },
      {
        reason: "InvalidSpec",
        field: "spec.partitionBy",
        message:
          'spec.partitionBy must have only one of year, month, day and hour of column "at"; keep the finest',
      },
    ],
    [
      "two columns that differ only in capitals",
      {
        columns: [
          { name: "userId", type: "int" },
          { name: "userid", type: "int" },
        ],
      },
      {
        reason: "InvalidSpec",
        field: "spec.columns",
        message:
          'columns "userId" and "userid" differ only in capitals, which SQL engines do not tell apart; rename one',
      },
    ],
    [
      "a property that is a fact of the metadata",
      { properties: { "current-snapshot-id": "1" } },
      {
        reason: "InvalidSpec",
        message: expect.stringContaining('must not hold "current-snapshot-id"') as string,
      },
    ],
    [
      "a property of the operator's own",
      { properties: { "openclickstream.managed-properties": "a" } },
      { reason: "InvalidSpec" },
    ],
    [
      "a format version that does not exist",
      { properties: { "format-version": "4" } },
      { reason: "InvalidSpec", message: expect.stringContaining('not "4"') as string },
    ],
    [
      "a place among the checkpoints",
      { location: "s3://lake/checkpoints/shop" },
      {
        reason: "InvalidSpec",
        field: "spec.location",
        message: expect.stringContaining("s3://lake/checkpoints/shop") as string,
      },
    ],
    [
      "a database whose folder is that of the checkpoints",
      { database: "checkpoints" },
      { field: "spec.location" },
    ],
    ["a database that is no name", { database: "a.b" }, { reason: "InvalidSpec", field: "spec.database" }],
  ])("with %s is refused", (_case, spec, expected) => {
    expect(refusal(table(spec))).toMatchObject({ class: "terminal", ...expected });
  });

  it("whose table an older resource has is refused, before anything else is asked for", () => {
    const older = { resource: table({}, { name: "first", namespace: "other" }), isCertain: true };
    const platform = { state: "absent", key: PRESENT.key } as const;
    expect(refusal(table(), { older, platform })).toMatchObject({
      class: "terminal",
      reason: "ResourceConflict",
      message:
        'table "shop.events" belongs to the older LakeTable "other/first"; delete this LakeTable, which leaves it and its rows as they are, or make another one with another table',
    });
  });

  it("waits while the table cannot be read: unknown is never absent", () => {
    const error = new Error("no answer");
    expect(() => validateTable(table(), { ...OBSERVED, table: { state: "unknown", error } })).toThrow(error);
  });

  it("that cannot be judged without the platform waits for it", () => {
    const platform = { state: "absent", key: PRESENT.key } as const;
    expect(refusal(table(), { platform })).toEqual({
      class: "waiting",
      reason: "PlatformNotFound",
      message: 'DataPlatform "main" does not exist in namespace "shop"',
    });
  });

  it("waits for the Secret of its catalog", () => {
    const catalog = { ...PRESENT.spec.catalog, credentialsSecretRef: { name: "token" } };
    const platform = { ...PRESENT, spec: { ...PRESENT.spec, catalog } };
    expect(refusal(table(), { platform })).toEqual({
      class: "waiting",
      reason: "SecretNotFound",
      message: 'Secret "token" does not exist',
    });
  });

  it("does not wait for the Secret of a system that it has nothing to do with", () => {
    const platform = { ...PRESENT, secrets: new Map() };
    expect(validateTable(table(), { ...OBSERVED, platform }).wanted.identifier.table).toBe("events");
  });
});

describe("rivals for a table", () => {
  const own = table();
  const otherwise = (namespace: string, status?: LakeTable["status"]): LakeTable =>
    table({}, { uid: "v", namespace }, status);

  it.each<[string, LakeTable, "certain" | "possible" | undefined]>([
    ["a resource of the same platform", table({}, { uid: "v", name: "x" }), "certain"],
    ["a resource whose platform has the same address", otherwise("near"), "certain"],
    ["a resource whose platform has another address of the same catalog", otherwise("alias"), "certain"],
    ["the resource itself", own, undefined],
    ["another table", table({ table: "other" }, { uid: "v", name: "x" }), undefined],
    ["another database", table({ database: "other" }, { uid: "v", name: "x" }), undefined],
    ["a resource whose platform has another catalog", otherwise("far"), undefined],
    [
      "one that has this very table, whatever its catalog is called",
      otherwise("far", { tableUuid: "1" }),
      "certain",
    ],
    ["a resource whose catalog has not said yet which it is", otherwise("new"), "possible"],
    ["a resource whose platform nobody knows", otherwise("nowhere"), "possible"],
  ])("%s: %s", (_case, other, expected) => {
    const at = (namespace: string, uri: string, identity?: string): DataPlatform => ({
      ...PLATFORM,
      metadata: { namespace, name: "main" },
      spec: { ...PLATFORM.spec, catalog: { uri } },
      status: { components: [{ name: "Catalog", reachable: true, ...(identity && { identity }) }] },
    });
    const cache = readerOf(
      own,
      other,
      at("near", "http://catalog/"),
      at("alias", "http://alias", "10.0.0.1:80 main"),
      at("far", "http://far", "10.0.0.2:80 main"),
      at("new", "http://new"),
    );
    const platform = { ...PRESENT, identities: { Catalog: "10.0.0.1:80 main" } };
    const rivals = rivalsOf(TABLE_CLAIM, own, { platform, id: "1", cache });
    const isCertain = expected === "certain";
    expect(rivals).toEqual(expected === undefined ? [] : [{ resource: other, isCertain }]);
  });
});

describe("the place of a table's files", () => {
  it.each([
    ["s3://lake/shop/events/inner", true],
    ["s3a://lake/shop/events/", true],
    ["s3://lake/shop", true],
    ["s3://lake/shop/events_old", false],
    ["s3://other/shop/events", false],
  ])("is shared with one at %s: %s", (location, shared) => {
    const other = table({}, { uid: "v" }, { location });
    expect(isShared("s3://lake/shop/events", table(), readerOf(table(), other))).toBe(shared);
  });
});
