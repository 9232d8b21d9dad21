/** What a controller can do with the tables of one HBase, through the administration beside the operator. Tests give another implementation. */
import { z } from "zod";
import { PATHS } from "../../generated/endpoints.ts";
import { hbaseContents } from "../../generated/hbase-contents.ts";
import { hbaseCluster } from "../../generated/hbase-cluster.ts";
import type { HBaseRequest } from "../../generated/hbase-request.ts";
import { hbaseTable } from "../../generated/hbase-table.ts";
import type { ServingTableName } from "../../naming/serving-tables.ts";
import type { HBaseSettings } from "../../platform/hbase.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { JsonClient } from "../http/json-client.ts";
import type { TableAction } from "./diff.ts";
import { describeTableAction } from "./diff.ts";
import { answerToError, unreadableAnswer } from "./errors.ts";
import type { HBaseProbe, TableReading, WantedFamily, WantedSplit } from "./table.ts";

/** Every method throws errors of the runtime's classes. */
export interface ServingTables {
  describe(name: ServingTableName, signal: AbortSignal): Promise<TableReading>;
  /** Those of the families that hold cells. */
  filledOf(
    name: ServingTableName,
    families: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  execute(action: TableAction, permit: WritePermit): Promise<void>;
  /** Drops the table with its rows, while it bears the mark. */
  drop(table: { readonly name: ServingTableName; readonly mark: string }, permit: WritePermit): Promise<void>;
  probe(signal: AbortSignal): Promise<HBaseProbe>;
  close(): Promise<void>;
}

/** Longer than the administration waits for HBase. */
const TIMEOUT_MILLISECONDS = 45_000;

type Access = Pick<HBaseRequest, "bootstrapServers" | "user" | "tls" | "kerberos">;

interface Question<Schema extends z.ZodType> {
  readonly path: string;
  readonly body: Omit<HBaseRequest, keyof Access>;
  readonly answer: Schema;
  /** Completes "while …". */
  readonly doing: string;
}

const NOTHING = z.object({});

/** The tables of an HBase. `adminUrl` is the base address of the administration. */
export function createServingTables(settings: HBaseSettings, adminUrl: string): ServingTables {
  const client = new JsonClient();
  const base = adminUrl.replace(/\/+$/, "");
  const ask = async <Schema extends z.ZodType>(
    { path, body, answer: schema, doing }: Question<Schema>,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> => {
    const place = { settings, adminUrl, doing };
    const request: HBaseRequest = { ...accessOf(settings), ...body };
    const answer = await client.send(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal,
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    });
    if (!answer.ok) throw answerToError(answer, place);
    const { data, error } = schema.safeParse(answer.body);
    if (error !== undefined) throw unreadableAnswer(place, error);
    return data;
  };
  return {
    describe: (table, signal) =>
      ask(
        { path: PATHS.describe, body: { table }, answer: hbaseTable, doing: `reading table "${table}"` },
        signal,
      ),
    filledOf: async (table, within, signal) => {
      const doing = `looking for cells in table "${table}"`;
      const body = { table, within };
      const { families } = await ask({ path: PATHS.contents, body, answer: hbaseContents, doing }, signal);
      return families;
    },
    execute: async (action, permit) => {
      permit.assertMayWrite();
      const doing = describeTableAction(action);
      await ask({ ...requestOf(action), answer: NOTHING, doing }, permit.signal);
    },
    drop: async ({ name, mark }, permit) => {
      permit.assertMayWrite();
      const body = { table: name, expectedMark: mark };
      await ask(
        { path: PATHS.drop, body, answer: NOTHING, doing: `dropping table "${name}"` },
        permit.signal,
      );
    },
    probe: (signal) =>
      ask({ path: PATHS.cluster, body: {}, answer: hbaseCluster, doing: "asking for the cluster" }, signal),
    close: () => client.close(),
  };
}

/** Where to go, and who we are there. */
function accessOf({ bootstrapServers, user, tls, kerberos }: HBaseSettings): Access {
  return {
    bootstrapServers,
    ...(user !== undefined && { user }),
    ...(tls !== undefined && { tls: tlsOf(tls) }),
    ...(kerberos !== undefined && { kerberos: { ...kerberos, keytab: kerberos.keytab.reveal() } }),
  };
}

function tlsOf({ certificateAuthority, client }: NonNullable<HBaseSettings["tls"]>): Access["tls"] {
  return {
    isUsed: true,
    ...(certificateAuthority !== undefined && { authorities: certificateAuthority }),
    ...(client !== undefined && { certificate: client.certificate, privateKey: client.privateKey.reveal() }),
  };
}

function requestOf(action: TableAction): Pick<Question<z.ZodType>, "path" | "body"> {
  const { name, mark, durability } = action.table;
  if (action.kind === "create-table") {
    const families = action.table.families.map(familyOf);
    return {
      path: PATHS.create,
      body: { table: name, mark, durability, families, ...splitOf(action.table.split) },
    };
  }
  const { expectedMark, dropped } = action;
  const body = {
    table: name,
    mark,
    durability,
    families: action.families.map(familyOf),
    dropFamilies: dropped,
  };
  return { path: PATHS.alter, body: { ...body, ...(expectedMark !== undefined && { expectedMark }) } };
}

function familyOf({ minVersions, ...family }: WantedFamily): NonNullable<HBaseRequest["families"]>[number] {
  return { ...family, ...(minVersions > 0 && { minVersions }) };
}

function splitOf(split: WantedSplit): Pick<HBaseRequest, "regions" | "splitKeys"> {
  if (split === undefined) return {};
  return "keys" in split ? { splitKeys: split.keys } : { regions: split.regions };
}
