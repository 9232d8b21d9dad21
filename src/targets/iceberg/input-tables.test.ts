import { beforeEach, expect, it } from "vitest";
import type { TableIdentifier } from "../../naming/tables.ts";
import { formatTable, parseTableIdentifier } from "../../naming/tables.ts";
import type { TableCatalog } from "./catalog.ts";
import { InputTables } from "./input-tables.ts";

const { signal } = new AbortController();

let now: number;
let asked: string[];
let isDown: boolean;
let catalog: TableCatalog;
let tables: InputTables;

beforeEach(() => {
  [now, asked, isDown] = [0, [], false];
  catalog = {
    readTable: (identifier: TableIdentifier) => {
      asked.push(formatTable(identifier));
      return isDown ? Promise.reject(new Error("down")) : Promise.resolve(undefined);
    },
  } as Partial<TableCatalog> as TableCatalog;
  tables = new InputTables(() => now);
});

async function read(table: string, edition = "1"): Promise<void> {
  const parsed = parseTableIdentifier({ database: "shop", table });
  if (!("identifier" in parsed)) throw new Error(`no table is named ${table}`);
  await tables.of(catalog).readTable(parsed.identifier, { edition, signal });
}

it("reads a table once for all who ask within five seconds", async () => {
  await Promise.all([read("events"), read("events"), read("visits")]);
  now = 5000;
  await read("events");
  expect(asked).toEqual(["shop.events", "shop.visits"]);
  now = 5001;
  await read("events");
  expect(asked).toHaveLength(3);
});

it("reads a table again that is known to be another", async () => {
  await read("events", "1");
  await read("events", "2");
  expect(asked).toEqual(["shop.events", "shop.events"]);
});

it("reads again after a failure", async () => {
  isDown = true;
  await expect(read("events")).rejects.toThrow("down");
  isDown = false;
  await read("events");
  expect(asked).toHaveLength(2);
});

it("shares nothing between two catalogs", async () => {
  await read("events");
  catalog = { ...catalog };
  await read("events");
  expect(asked).toHaveLength(2);
});
