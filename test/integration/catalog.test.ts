/** The bundled catalog: what Python's clients do with the history of its tables, and a database that goes away and comes back. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startIcebergRest, startPostgresql, type CatalogEngine } from "../support/catalog-engines.ts";
import type { Engine } from "../support/process.ts";
import { askPython } from "../support/python.ts";

it("keeps snapshots, branches and tags, lets pyiceberg read the past, and expires what is asked for", async () => {
  const { storage, catalog } = inject("engines");
  const found = await askPython("history", "python_test.words", { storage, uri: catalog.uri });
  expect(found).toEqual({
    snapshots: 5,
    then: 3,
    now: 5,
    audit: 4,
    refs: ["audit", "kept", "main"],
    left: 5,
    expired: true,
  });
});

describe("a catalog whose database goes away", () => {
  let directory: string;
  let postgresql: Engine;
  let catalog: CatalogEngine;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "openclickstream-catalog-"));
    postgresql = await startPostgresql({ directory: join(directory, "postgresql") });
    catalog = await startIcebergRest({
      directory: join(directory, "iceberg-rest"),
      storage: inject("engines").storage,
      postgresql: postgresql.address,
    });
  });
  afterAll(async () => {
    await catalog.stop();
    await postgresql.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function status(method: string, path: string, body?: object): Promise<number> {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${catalog.uri}/v1/${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return answer.status;
  }

  it("says so, and answers again from the same data when it is back", async () => {
    const schema = { type: "struct", fields: [{ id: 1, name: "a", type: "int", required: false }] };
    expect(await status("POST", "namespaces", { namespace: ["shop"] })).toBe(200);
    expect(await status("POST", "namespaces/shop/tables", { name: "orders", schema })).toBe(200);
    await postgresql.stop();
    expect(await status("GET", "namespaces/shop/tables/orders")).toBe(500);
    const port = Number(postgresql.address.split(":")[1]);
    postgresql = await startPostgresql({ directory: join(directory, "postgresql"), port });
    const again = { timeout: 20_000 };
    await expect.poll(async () => status("GET", "namespaces/shop/tables/orders"), again).toBe(200);
  });
});
