/** Carries a table's plan out and reports what was done. */
import type { PlatformState } from "../../platform/platform.ts";
import { requirePresent } from "../../platform/platform.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { CreateTable } from "../../targets/iceberg/diff.ts";
import { describeTableAction, diffTable } from "../../targets/iceberg/diff.ts";
import type { CurrentTable, WantedTable } from "../../targets/iceberg/table.ts";
import { tell } from "../claims/notices.ts";
import { findOtherTable, folderAt, isAmongCheckpoints } from "./neighbours.ts";
import type { TablePlan } from "./plan.ts";

/** The table as the catalog answered it to be now. */
export interface AppliedTable {
  readonly table: CurrentTable;
}

interface Access {
  readonly systems: SystemAccess;
  readonly context: ReconcileContext;
}

export async function applyTable(
  plan: TablePlan,
  platform: PlatformState,
  access: Access,
): Promise<AppliedTable> {
  const { context } = access;
  plan.notices.forEach((notice) => tell(notice, context));
  const { work } = plan;
  if (work.kind === "none") return { table: work.table };
  const catalog = access.systems.clients.catalog(platform);
  const table =
    work.kind === "create"
      ? await catalog.createTable(work.action, {
          permit: context,
          occupantOf: (location) => occupantOf(location, work.action, { platform, ...access }),
        })
      : await catalog.changeTable(work.table, { actions: work.actions, permit: context });
  tell(work.notice, context);
  refuseRest(plan.wanted, table);
  return { table };
}

/** A catalog may answer that all is done and leave something out: done again at each pass it would be no truer. */
function refuseRest(wanted: WantedTable, table: CurrentTable): void {
  const rest = diffTable(wanted, table).map(describeTableAction);
  if (rest.length === 0) return;
  throw new TerminalError(
    "ImpossibleChange",
    `the catalog answered that it is done, but the table is not as asked; still missing is ${rest.join(", ")}; ` +
      `take that out of the manifest, or use a catalog that can do it`,
  );
}

/** What lies where a table is about to be made; without the store's word none is made. */
async function occupantOf(
  location: string,
  { identifier }: CreateTable,
  { platform, systems: { clients }, context }: Access & { readonly platform: PlatformState },
): Promise<string | undefined> {
  const folder = folderAt(location, requirePresent(platform), clients);
  if (folder === undefined) return "no folder of a bucket is";
  if (isAmongCheckpoints(folder)) return "pipelines keep their checkpoints";
  const other = await findOtherTable(folder, undefined, context.signal);
  if (other === undefined) return undefined;
  const { database } = identifier;
  const name =
    other.uuid &&
    (await clients.catalog(platform).findTable(other.uuid, { database, signal: context.signal }));
  if (name !== undefined && name !== "") return `table "${name}" has its metadata ("${other.key}")`;
  return `the metadata of a table lies that the catalog does not have ("${other.key}")`;
}
