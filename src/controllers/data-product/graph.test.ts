import { describe, expect, it } from "vitest";
import type { DataProduct, LakeTable } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import type { ObjectChange, ObjectReader } from "../../runtime/controller.ts";
import { productWith } from "../../testing/data-product.ts";
import { WATCH_INPUTS } from "./graph.ts";

const PRODUCTS: readonly DataProduct[] = [
  named("scheduled", productWith({ refresh: { schedule: "0 6 * * *" } })),
  named("following", productWith({ refresh: { onUpdate: {} } })),
];

function named(name: string, product: DataProduct): DataProduct {
  return { ...product, metadata: { ...product.metadata, name } };
}

const CACHE = {
  cachedBy: (index: { valuesOf(object: DataProduct): readonly string[] }, value: string) =>
    PRODUCTS.filter((product) => index.valuesOf(product).includes(value)),
} as unknown as ObjectReader;

function events(status: NonNullable<LakeTable["status"]>): LakeTable {
  const { apiVersion, metadata } = PRODUCTS[0] as DataProduct;
  const spec = { platformRef: { name: "main" }, database: "shop", table: "events", columns: [] };
  const { namespace = "" } = metadata;
  return { apiVersion, kind: lakeTableKind.kind, metadata: { namespace, name: "events" }, spec, status };
}

/** Names of the products that a change of the input wakes, as often as it wakes them. */
function wokenBy(previous: LakeTable, object: LakeTable): readonly string[] {
  const change: ObjectChange = { kind: "updated", previous, object };
  const news = WATCH_INPUTS.filter(
    (watch) => watch.type === lakeTableKind && watch.isNews?.(change) === true,
  );
  return news.flatMap((watch) => watch.toKeys(object, CACHE).map(({ name }) => name));
}

describe("what wakes a product of its inputs", () => {
  it("a minute of a stream that commits every five seconds: those that follow it, and none by schedule", () => {
    const woken = Array.from({ length: 12 }, (_, nth) =>
      wokenBy(events({ currentSnapshotId: String(nth) }), events({ currentSnapshotId: String(nth + 1) })),
    ).flat();
    expect(woken).toEqual(Array.from({ length: 12 }, () => "following"));
  });

  it("other columns: all that read it", () => {
    expect(wokenBy(events({ schemaId: 0 }), events({ schemaId: 1 }))).toEqual(["scheduled", "following"]);
  });

  it("nothing of the table: none", () => {
    expect(wokenBy(events({ rows: 1 }), events({ rows: 2 }))).toEqual([]);
  });
});
