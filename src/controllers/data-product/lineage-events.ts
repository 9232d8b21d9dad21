/** Which OpenLineage events a product's runs call for, and which of them the platform's receiver was told already. Pure. */
import { createHash } from "node:crypto";
import type { DataPlatformSpec, DataProductStatus } from "../../crds/kinds.ts";
import { problemOf } from "../../platform/components.ts";
import type { LineageEvent, LineageJob } from "../../targets/openlineage/event.ts";
import { jobEvent, runEvent } from "../../targets/openlineage/event.ts";
import type { LineageSight } from "./lineage-job.ts";
import { jobNamespace, lineageJob, lineageRun } from "./lineage-job.ts";
import { meaningOf } from "./meaning.ts";
import type { RunRecord } from "./runs.ts";
import { recordsOf } from "./runs.ts";
import type { Part, ValidatedProduct } from "./validate.ts";
import { partOf } from "./validate.ts";

export type ToldLineage = NonNullable<DataProductStatus["lineageEvents"]>;
type ToldRun = NonNullable<ToldLineage["runs"]>[number];

/** What the receiver knows once it has an event. */
export type Telling =
  { readonly kind: "job"; readonly planHash: string } | { readonly kind: "run"; readonly run: ToldRun };

export interface DueEvent {
  readonly event: LineageEvent;
  readonly telling: Telling;
}

export interface LineagePlan {
  /** What the receiver knows before this pass tells more. */
  readonly told: ToldLineage;
  /** Oldest first. `refused`: why none of them can be sent now. */
  readonly due: Part<readonly DueEvent[]>;
  /** How many are due, sendable or not. */
  readonly waiting: number;
}

/** `undefined`: the platform names no receiver. */
export function planLineage(sight: LineageSight): LineagePlan | undefined {
  const { product, observed, judged } = sight;
  const { platform } = observed;
  if (platform.state === "absent" || platform.spec.lineage === undefined) return undefined;
  const told = toldBefore(sight, receiverOf(platform.spec.lineage, jobNamespace(sight)));
  const steps = [...jobSteps(product, told), ...judged.records.flatMap((record) => runSteps(record, told))];
  return {
    told,
    waiting: steps.length,
    due: partOf(() => {
      const problem = steps.length === 0 ? undefined : problemOf(platform, ["Lineage"]);
      if (problem !== undefined) throw problem;
      return steps.length === 0 ? [] : eventsOf(steps, sight);
    }),
  };
}

/** Another receiver, or another namespace there, knows nothing of what this one was told. */
function receiverOf(
  { uri, endpoint = "" }: NonNullable<DataPlatformSpec["lineage"]>,
  namespace: string,
): string {
  return createHash("sha256").update([uri, endpoint, namespace].join("\n")).digest("hex").slice(0, 16);
}

/** Of runs that are forgotten in this pass nothing will be told any more. */
function toldBefore({ product, judged }: LineageSight, receiver: string): ToldLineage {
  const { status } = product.resource;
  const before = status?.lineageEvents;
  if (before?.receiver !== receiver) return { receiver };
  const kept = new Set(judged.records.map(({ id }) => id));
  const seen = [...recordsOf(status), ...judged.ended.map(({ record }) => record)];
  const forgotten = new Map(seen.filter(({ id }) => !kept.has(id)).map((record) => [record.id, record]));
  const lost = [...forgotten.values()]
    .filter(({ state }) => state !== "Running")
    .flatMap((record) => runSteps(record, before)).length;
  const { runs = [], dropped = 0, ...rest } = before;
  return withRuns(
    { ...rest, ...(dropped + lost > 0 && { dropped: dropped + lost }) },
    runs.filter(({ id }) => kept.has(id)),
  );
}

function withRuns(told: Omit<ToldLineage, "runs">, runs: readonly ToldRun[]): ToldLineage {
  return { ...told, ...(runs.length > 0 && { runs: [...runs] }) };
}

/** An event to come: of a run, with the run as it then is. */
type Step = { readonly kind: "job"; readonly planHash: string } | RunStep;

interface RunStep {
  readonly kind: "run";
  readonly transition: "START" | "COMPLETE" | "FAIL";
  readonly record: RunRecord;
}

function jobSteps({ definition }: ValidatedProduct, told: ToldLineage): readonly Step[] {
  if (definition.state !== "resolved") return [];
  const { planHash } = definition.value.plan;
  return planHash === told.planHash ? [] : [{ kind: "job", planHash }];
}

/** A run that is cleared in Airflow runs again under its id: it starts anew, and ends at another time. */
function runSteps(record: RunRecord, { runs = [] }: ToldLineage): readonly RunStep[] {
  const before = runs.find(({ id }) => id === record.id);
  const start = { kind: "run", transition: "START", record } as const;
  if (record.state === "Running") {
    return record.startedAt === undefined || before?.state === "Running" ? [] : [start];
  }
  if (before !== undefined && isSame(before, record)) return [];
  const end = { kind: "run", transition: END[record.state], record } as const;
  return before?.state === "Running" ? [end] : [start, end];
}

function isSame(told: ToldRun, { state, endedAt }: RunRecord): boolean {
  return told.state === state && told.endedAt === endedAt;
}

/** What a check holds did not do what it was to do: readers do not see it. */
const END = { Published: "COMPLETE", Held: "FAIL", Failed: "FAIL" } as const;

function eventsOf(steps: readonly Step[], sight: LineageSight): readonly DueEvent[] {
  const job = lineageJob(sight, meaningOf(sight.product.resource.status, sight.product.definition));
  const events = steps.map((step) =>
    step.kind === "job" ? dueJob(step, job, sight) : dueRun(step, job, sight),
  );
  const [jobs, runs] = [events.filter(isOfJob), events.filter((due) => !isOfJob(due))];
  return [...jobs, ...runs.toSorted((one, other) => timeOf(one) - timeOf(other))];
}

function isOfJob({ telling }: DueEvent): boolean {
  return telling.kind === "job";
}

function timeOf({ event }: DueEvent): number {
  return Date.parse(event.eventTime);
}

function dueJob(
  { planHash }: Extract<Step, { kind: "job" }>,
  job: LineageJob,
  { now }: LineageSight,
): DueEvent {
  return { event: jobEvent(now.toISOString(), job), telling: { kind: "job", planHash } };
}

function dueRun({ transition, record }: RunStep, job: LineageJob, sight: LineageSight): DueEvent {
  const { id, state, startedAt, endedAt } = record;
  const isStart = transition === "START";
  const time = (isStart ? (startedAt ?? endedAt) : endedAt) ?? sight.now.toISOString();
  const run = lineageRun(record, sight, isStart);
  const told: ToldRun = isStart
    ? { id, state: "Running" }
    : { id, state, ...(endedAt !== undefined && { endedAt }) };
  return { event: runEvent(transition, time, { job, run }), telling: { kind: "run", run: told } };
}

/** What the receiver knows after one more event. `refusal`: what it said where it will never take it. */
export function toldAfter(before: ToldLineage, telling: Telling, refusal?: string): ToldLineage {
  const { receiver, planHash, runs = [], dropped = 0 } = before;
  const lost = dropped + (refusal === undefined ? 0 : 1);
  const hash = telling.kind === "job" ? telling.planHash : planHash;
  const others = telling.kind === "job" ? runs : runs.filter(({ id }) => id !== telling.run.id);
  return withRuns(
    {
      receiver,
      ...(hash !== undefined && { planHash: hash }),
      ...(lost > 0 && { dropped: lost }),
      ...(refusal !== undefined && { refusal }),
    },
    telling.kind === "job" ? others : [telling.run, ...others],
  );
}
