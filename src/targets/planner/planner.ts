/** The SQL planner as a controller asks it. Tests give another implementation. */
import { z } from "zod";
import { PATHS } from "../../generated/endpoints.ts";
import { planDocument } from "../../generated/plan.ts";
import type { JsonAnswer, JsonClient } from "../http/json-client.ts";
import { TerminalError, TransientError, WaitingError } from "../../runtime/errors.ts";

/** A table as the planner is told of it. Types are Iceberg's, as a LakeTable writes them. */
export interface PlannerTable {
  readonly database: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly required: boolean }[];
}

export interface PlanRequest {
  readonly sql: string;
  /** Of days and hours in the SQL. */
  readonly timeZone: string;
  readonly tables: readonly PlannerTable[];
  readonly incremental: {
    readonly mode: "Full" | "Append" | "OverwritePartitions" | "Merge";
    readonly keys: readonly string[];
    readonly newDataBy?: string;
    readonly partitionBy: readonly { readonly column: string; readonly transform: string }[];
  };
}

/** What right SQL means: its columns, where they come from, and its text for the engines. */
export type SqlPlan = z.output<typeof planDocument>;

const place = z.int().min(1).nullish();

const sqlError = z.object({
  message: z.string(),
  line: place,
  column: place,
  near: z.string().nullish(),
  suggestion: z.string().nullish(),
});

const refusal = z.object({ errors: z.array(sqlError).min(1) });

export type SqlError = z.output<typeof sqlError>;

/** The planner's verdict: the SQL is right, or wrong in these places, the first error first. */
export type PlannerAnswer =
  | { readonly state: "right"; readonly plan: SqlPlan }
  | { readonly state: "wrong"; readonly errors: readonly SqlError[] };

export interface SqlPlanner {
  /** Throws errors of the runtime's classes where there is no verdict. */
  plan(request: PlanRequest, signal: AbortSignal): Promise<PlannerAnswer>;
}

/** The planner gives itself less time for a query. */
const TIMEOUT_MILLISECONDS = 15_000;
const RETRY_SECONDS = 15;

/** The planner at an address, without a path. */
export function createSqlPlanner(client: JsonClient, address: string): SqlPlanner {
  const url = `${address.replace(/\/+$/, "")}${PATHS.plan}`;
  return {
    plan: async (request, signal) => {
      const answer = await client.send(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
        signal,
        timeoutMilliseconds: TIMEOUT_MILLISECONDS,
      });
      return verdictOf(answer, address);
    },
  };
}

function verdictOf(answer: JsonAnswer, address: string): PlannerAnswer {
  if (answer.ok) return { state: "right", plan: parse(planDocument, answer.body, address) };
  if (answer.status === 422) {
    return { state: "wrong", errors: parse(refusal, answer.body, address).errors };
  }
  throw failureOf(answer, address);
}

function parse<Schema extends z.ZodType>(schema: Schema, body: unknown, address: string): z.output<Schema> {
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".") || "the answer"}: ${message}`);
  throw new TransientError(
    "PlannerUnavailable",
    `the SQL planner at ${address} answered otherwise than agreed (${problems.slice(0, 3).join("; ")}); is it of the operator's release?`,
  );
}

function failureOf({ status, message }: Extract<JsonAnswer, { ok: false }>, address: string): Error {
  if (status === 413) {
    return new TerminalError(
      "InvalidSpec",
      "the SQL with the columns of its tables is larger than the SQL planner reads; shorten spec.sql, or read fewer tables",
      { field: "spec.sql" },
    );
  }
  const problem =
    status === 504
      ? "did not finish with this SQL in its time; make spec.sql simpler if that stays so"
      : `does not answer: ${message}`;
  return new WaitingError("PlannerUnavailable", `the SQL planner at ${address} ${problem}`, {
    retryAfterSeconds: RETRY_SECONDS,
  });
}

/** `line 2, column 8: no column "visitr_id", near "visitr_id"; did you mean "visitor_id"?` */
export function describeSqlError({ message, line, column, near, suggestion }: SqlError): string {
  const at = line === undefined || line === null ? "" : `line ${line}, column ${column ?? 1}: `;
  const around = near === undefined || near === null || near === "" ? "" : `, near "${near}"`;
  const advice =
    suggestion === undefined || suggestion === null || suggestion === ""
      ? ""
      : `; did you mean "${suggestion}"?`;
  return `${at}${message}${around}${advice}`;
}
