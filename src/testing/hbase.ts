/** For tests of the controllers: an HBase that lives in memory. */
import type { DataPlatform } from "../crds/kinds.ts";
import type { WritePermit } from "../runtime/controller.ts";
import { TransientError, WaitingError } from "../runtime/errors.ts";
import type { TableAction } from "../targets/hbase/diff.ts";
import type { CurrentFamily, CurrentServingTable, WantedFamily } from "../targets/hbase/table.ts";
import type { ServingTables } from "../targets/hbase/tables.ts";
import type { Outage } from "./systems.ts";
import { PLATFORM } from "./systems.ts";

/** A platform that has an HBase. */
export const PLATFORM_WITH_HBASE: DataPlatform = {
  ...PLATFORM,
  spec: { ...PLATFORM.spec, hbase: { bootstrapServers: ["hbase:16000"] } },
};

/** Every write can be made to fail. */
export class FakeHBase implements ServingTables {
  readonly tables = new Map<string, CurrentServingTable>();
  /** Kinds of the actions that took effect, and `drop`. */
  readonly writes: string[] = [];
  /** All others hold cells. */
  readonly emptyFamilies = new Set<string>();
  /** Asked for every write. */
  outage: () => Outage = () => undefined;
  isDown = false;
  clusterId = "fake";

  async describe(name: string): ReturnType<ServingTables["describe"]> {
    this.#refuseWhenDown();
    return { clusterId: this.clusterId, table: this.tables.get(name) };
  }

  async filledOf(name: string, families: readonly string[]): ReturnType<ServingTables["filledOf"]> {
    this.#refuseWhenDown();
    return this.tables.has(name) ? families.filter((family) => !this.emptyFamilies.has(family)) : [];
  }

  async execute(action: TableAction, permit: WritePermit): Promise<void> {
    permit.assertMayWrite();
    this.#write(action.kind, () => {
      const { name } = action.table;
      const before = this.tables.get(name);
      if (action.kind === "create-table") {
        if (before !== undefined) throw new TransientError("ResourceConflict", "there is a table already");
        return this.tables.set(name, created(action));
      }
      if (before?.mark !== action.expectedMark) throw new TransientError("ResourceConflict", "another mark");
      return this.tables.set(name, altered(before, action));
    });
  }

  async drop(...[{ name, mark }, permit]: Parameters<ServingTables["drop"]>): Promise<void> {
    permit.assertMayWrite();
    this.#write("drop", () => {
      if (this.tables.get(name)?.mark !== mark) throw new TransientError("ResourceConflict", "another mark");
      return this.tables.delete(name);
    });
  }

  async probe(): ReturnType<ServingTables["probe"]> {
    this.#refuseWhenDown();
    return { clusterId: this.clusterId, version: "2.6.4", regionServers: 1, regions: 2 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #refuseWhenDown(): void {
    if (this.isDown) throw new WaitingError("HBaseUnreachable", "HBase at hbase:16000 is unreachable: down");
  }

  #write(kind: string, effect: () => unknown): void {
    this.#refuseWhenDown();
    const outage = this.outage();
    if (outage === "before") throw new TransientError("HBaseUnreachable", "no answer");
    effect();
    this.writes.push(kind);
    if (outage === "after") throw new TransientError("HBaseUnreachable", "no answer");
  }
}

function created({ table }: Extract<TableAction, { kind: "create-table" }>): CurrentServingTable {
  const { mark, durability, families, split } = table;
  const regions = split === undefined ? 1 : "keys" in split ? split.keys.length + 1 : split.regions;
  return { mark, durability, isEnabled: true, regions, storeBytes: 0, families: families.map(currentFamily) };
}

function altered(
  before: CurrentServingTable | undefined,
  { table, families, dropped }: Extract<TableAction, { kind: "alter-table" }>,
): CurrentServingTable {
  if (before === undefined) throw new TransientError("ResourceConflict", "there is no table");
  const gone = new Set([...dropped, ...families.map(({ name }) => name)]);
  return {
    ...before,
    mark: table.mark,
    durability: table.durability,
    families: [...before.families.filter(({ name }) => !gone.has(name)), ...families.map(currentFamily)],
  };
}

function currentFamily({ ttlSeconds, ...family }: WantedFamily): CurrentFamily {
  return { ...family, ...(ttlSeconds !== undefined && { ttlSeconds }) };
}
