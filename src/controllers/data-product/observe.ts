/** Reads the platform, the schemas of the input tables, what the planner says of the SQL, and the product's table; does not write. */
import type { DataProduct, LakeTable } from "../../crds/kinds.ts";
import { DATA_PRODUCT_DEFAULTS, lakeTableKind } from "../../crds/kinds.ts";
import { formatTable } from "../../naming/tables.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { PlannerAnswer, PlanRequest, SqlPlanner } from "../../targets/planner/planner.ts";
import { readTableNames } from "../../targets/planner/table-names.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import { findCircle, makerOf } from "./graph.ts";
import { plannerTable } from "./input-tables.ts";
import { MAX_INPUT_TABLES } from "./parts.ts";

/** A table that the SQL names and the catalog does not have. */
export interface MissingTable {
  readonly table: string;
  /** Who is to make it; `undefined`: nobody of the namespace. */
  readonly maker: string | undefined;
}

/** The product's surroundings at the beginning of a pass. */
export interface ObservedProduct {
  readonly platform: PlatformState;
  /** Products that read each other's tables, from this one back to itself. */
  readonly circle: readonly string[] | undefined;
  /** Input tables that are there. */
  readonly inputs: Observation<readonly CurrentTable[]>;
  readonly missing: readonly MissingTable[];
  readonly answer: Observation<PlannerAnswer>;
  /** The LakeTable of the target. */
  readonly table: LakeTable | undefined;
}

/** How the surroundings are read. */
export interface ProductReaders extends SystemAccess {
  readonly planner: SqlPlanner;
}

export async function observeProduct(
  product: DataProduct,
  context: ReconcileContext,
  { platforms, clients, planner }: ProductReaders,
): Promise<ObservedProduct> {
  const { kubernetes, signal } = context;
  const { name, namespace = "" } = product.metadata;
  const platform = await platforms.read(product, context);
  const base = {
    platform,
    circle: findCircle(product, kubernetes),
    table: kubernetes.cached<LakeTable>(lakeTableKind, { namespace, name }),
    ...{ inputs: NOT_READ, missing: [], answer: NOT_READ },
  };
  const names = readTableNames(product.spec.sql);
  const isOutOfReach = problemOf(platform, ["Catalog"]) !== undefined;
  if (isOutOfReach || base.circle !== undefined || names.length > MAX_INPUT_TABLES) {
    return Object.freeze(base);
  }
  const catalog = clients.catalog(platform);
  const read = await observed(
    Promise.all(
      names.map(async (identifier) => ({ identifier, table: await catalog.readTable(identifier, signal) })),
    ),
  );
  if (read.state === "unknown") return Object.freeze({ ...base, inputs: read });
  const inputs = read.value.flatMap(({ table }) => table ?? []);
  const missing = read.value
    .filter(({ table }) => table === undefined)
    .map(({ identifier }) => formatTable(identifier))
    .map((table) => ({ table, maker: makerOf(table, product, kubernetes) }));
  const answer = await observed(planner.plan(requestOf(product, inputs), signal));
  return Object.freeze({ ...base, inputs: { state: "known", value: inputs } as const, missing, answer });
}

function requestOf({ spec }: DataProduct, inputs: readonly CurrentTable[]): PlanRequest {
  const { mode, keys, newDataBy } = spec.incremental ?? {};
  return {
    sql: spec.sql,
    timeZone: spec.refresh.timeZone ?? DATA_PRODUCT_DEFAULTS.timeZone,
    tables: inputs.map(plannerTable),
    incremental: {
      mode: mode ?? DATA_PRODUCT_DEFAULTS.mode,
      keys: keys ?? [],
      ...(newDataBy !== undefined && { newDataBy }),
      partitionBy: (spec.target.partitionBy ?? []).map(({ column, transform }) => ({ column, transform })),
    },
  };
}
