/** Whether the tables are still those that the stream job writes, and the recovery that a person asks for where they are not. Pure. */
import type { ResourceKey } from "../../api/objects.ts";
import type { ClickstreamPipeline, LakeTable } from "../../crds/kinds.ts";
import { ANNOTATIONS } from "../../naming/marks.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { Problem } from "../../targets/kubernetes/admission.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import { exitMessage } from "../../targets/kubernetes/pods.ts";
import { readiness } from "../../targets/kubernetes/readiness.ts";
import type { Observation } from "../observation.ts";
import type { FoundTable, ObservedPipeline } from "./observe.ts";
import { TABLE_ROLES } from "./parts.ts";

/** Uuids of the tables that the job writes. */
export type TableIds = Readonly<Record<(typeof TABLE_ROLES)[number], string>>;

/** What lets the job start on an empty checkpoint although its tables hold rows. */
export interface Recovery {
  readonly id: string;
  /** Whether all records that Kafka still has are read again, since a table lost its rows. */
  readonly readAgain: boolean;
}

/** What the job is to take its tables for. */
export interface JobIdentity {
  /** `undefined` before the first start. */
  readonly tableIds: TableIds | undefined;
  /** The last one that was carried out, or is by this pass. */
  readonly recovery: Recovery | undefined;
  /** One that was asked for and waits until all tables are there. */
  readonly pending: string | undefined;
}

const RECOVERY_ID = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Throws `TerminalError` for an id that no folder can be named after. */
export function resolveIdentity(pipeline: ClickstreamPipeline, observed: ObservedPipeline): JobIdentity {
  const known = pipeline.status?.tableIds;
  const current = currentIds(observed);
  const last = lastRecovery(pipeline, observed);
  const asked = askedRecovery(pipeline);
  if (asked === undefined || asked === last?.id) {
    return { tableIds: known ?? current, recovery: last, pending: undefined };
  }
  if (current === undefined) return { tableIds: known, recovery: last, pending: asked };
  const readAgain = known !== undefined && TABLE_ROLES.some((role) => known[role] !== current[role]);
  return { tableIds: current, recovery: { id: asked, readAgain }, pending: undefined };
}

function askedRecovery({ metadata }: ClickstreamPipeline): string | undefined {
  const asked = metadata.annotations?.[ANNOTATIONS.recover];
  if (asked === undefined || RECOVERY_ID.test(asked)) return asked;
  throw new TerminalError(
    "InvalidSpec",
    `the annotation ${ANNOTATIONS.recover} must consist of at most 40 small letters, digits and '-', not "${asked}"; ` +
      `kubectl clickstream recover sets it`,
  );
}

/** Before this pipeline another one may have had its tables: what that kept is in the checkpoint of its last recovery. */
function lastRecovery(
  { status }: ClickstreamPipeline,
  { foundTables: [events] }: ObservedPipeline,
): Recovery | undefined {
  if (status?.recovery !== undefined) return { id: status.recovery.id, readAgain: status.recovery.readAgain };
  const id = status?.tableIds === undefined ? knownTable(events)?.recoveryId : undefined;
  return id === undefined ? undefined : { id, readAgain: false };
}

/** The tables as they are, once all are there and each is the one that its LakeTable has. */
function currentIds({ tables, foundTables }: ObservedPipeline): TableIds | undefined {
  const ids = TABLE_ROLES.map((role, index) => {
    const table = tables[index];
    const found = knownTable(foundTables[index])?.uuid;
    const isSettled = readiness(table).state === "ready" && found === table?.status?.tableUuid;
    return [role, isSettled ? found : undefined] as const;
  });
  if (ids.some(([, id]) => id === undefined)) return undefined;
  return Object.fromEntries(ids) as TableIds;
}

function knownTable(observation: Observation<FoundTable | undefined> | undefined): FoundTable | undefined {
  return observation?.state === "known" ? observation.value : undefined;
}

type FoundTables = ObservedPipeline["foundTables"];

/** What faults of tables are judged by. */
export interface TableView {
  readonly key: ResourceKey;
  readonly tableIds: TableIds | undefined;
  readonly pending: string | undefined;
  readonly tables: readonly (LakeTable | undefined)[];
  readonly foundTables: FoundTables;
  /** What the last pass found. */
  readonly earlierFault: Problem | undefined;
}

/** The fault of the tables that the last pass told of. */
export function earlierTableFault({ status }: ClickstreamPipeline): Problem | undefined {
  const { reason, message = "" } = status?.conditions?.find(({ type }) => type === "TablesReady") ?? {};
  if (reason !== "TableLost" && reason !== "TableReplaced") return undefined;
  return { reason, message };
}

/** The first table that is not the one that the job writes. While one cannot be read, a fault that was there before is still there. */
export function tableFault(view: TableView): Problem | undefined {
  const { tables, foundTables, tableIds, earlierFault } = view;
  if (tableIds === undefined) return undefined;
  if (earlierFault !== undefined && isAnyUnread(view)) return earlierFault;
  for (const [index, role] of TABLE_ROLES.entries()) {
    const table = tables[index];
    const found = foundTables[index];
    if (table === undefined || !isAnother(found, tableIds[role])) continue;
    return faultOf(table, { known: tableIds[role], found: knownTable(found)?.uuid }, wayOut(view));
  }
  return undefined;
}

function isAnother(found: FoundTables[number] | undefined, uuid: string): boolean {
  return found?.state === "known" && found.value?.uuid !== uuid;
}

function isAnyUnread({ tables, foundTables }: TableView): boolean {
  return tables.some((table, index) => table !== undefined && foundTables[index]?.state !== "known");
}

function faultOf(
  { spec: { database, table } }: LakeTable,
  { known, found }: { readonly known: string; readonly found: string | undefined },
  remedy: string,
): Problem {
  const name = `table "${database}.${table}"`;
  return found === undefined
    ? {
        reason: "TableLost",
        message: `${name} (uuid ${known}) is gone from the catalog, dropped or renamed outside of Kubernetes; ${remedy}`,
      }
    : {
        reason: "TableReplaced",
        message:
          `${name} is another one now (uuid ${found}, was ${known}), without the rows of before, ` +
          `and the stream job does not go on with it; ${remedy}`,
      };
}

function wayOut({ key, pending }: Pick<TableView, "key" | "pending">): string {
  return pending === undefined
    ? recoverHint(key)
    : `recovery ${pending} begins as soon as all tables are there`;
}

/** How the job begins the message with which it refuses its checkpoint. */
const REFUSAL = /^(CheckpointLost|CheckpointForeign): (.+)$/;

/** That the job does not start on its checkpoint, in its own words; `undefined` when it says nothing like it. */
export function checkpointRefusal(pods: readonly PodObject[], key: ResourceKey): Problem | undefined {
  const [, reason, message] = REFUSAL.exec(exitMessage(pods) ?? "") ?? [];
  if (reason !== "CheckpointLost" && reason !== "CheckpointForeign") return undefined;
  return { reason, message: `${message ?? ""}; ${recoverHint(key)}` };
}

function recoverHint({ namespace, name }: ResourceKey): string {
  return `"kubectl clickstream recover ${name} -n ${namespace ?? ""}" shows what can be done, and does it`;
}
