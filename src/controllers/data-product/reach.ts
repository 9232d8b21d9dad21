/** From when to when the operator's own runs of a product with windows read. Pure. */
import { timestamp } from "../../api/timestamp.ts";
import { readableSince } from "./input-retention.ts";
import { timesTakenOver } from "./kept-table.ts";
import type { ObservedProduct } from "./observe.ts";
import type { RunSettings, ValidatedProduct } from "./validate.ts";
import type { TimeWindow } from "./windows.ts";
import { BEGIN_OF_TIME, lookingBack, windowOf } from "./windows.ts";

/** Everything that it depends on. */
interface ReachSight {
  readonly product: ValidatedProduct;
  readonly runs: RunSettings;
  readonly observed: ObservedProduct;
  /** Up to when published runs have read, also those whose end is news of this pass. */
  readonly readUntil: string | undefined;
  readonly now: Date;
}

/** What the next run reads that goes on where reading ended. */
export interface Reach {
  /** `undefined`: nothing is left to be read. */
  readonly window: TimeWindow | undefined;
  /** What should have been read, and the inputs have lost. */
  readonly lost: readonly TimeWindow[];
  /** What lies between a kept table and the first period, where something else than the first run comes first. */
  readonly left: readonly TimeWindow[];
}

/** `undefined`: each run reads all, or where reading ended is not known. */
export function reachOf(sight: ReachSight, firstPeriod: string | undefined): Reach | undefined {
  const { runs, observed } = sight;
  if (!runs.isWindowed || observed.times.state === "unknown") return undefined;
  return runs.schedule === undefined
    ? reachOnUpdate(sight)
    : reachOfFirst(sight, firstPeriod ?? runs.createdAt);
}

/** Times that a product without runs finds in its table, in their order. */
export function takenOver({ product, observed }: ReachSight): readonly TimeWindow[] {
  if (observed.times.state === "unknown") return [];
  return timesTakenOver(product.resource, observed.times.value, hasRows(observed));
}

function hasRows({ table }: ObservedProduct): boolean {
  return (table?.status?.rows ?? 0) > 0;
}

const NOTHING: Reach = { window: undefined, lost: [], left: [] };

/** Up to where the schedule begins. Over rows of times that nobody knows, a run of all times could take away what its inputs do not have any more. */
function reachOfFirst(sight: ReachSight, until: string): Reach {
  const { runs, observed } = sight;
  const end = takenOver(sight).at(-1)?.to;
  if (end === undefined)
    return { ...NOTHING, window: hasRows(observed) ? undefined : windowOf(BEGIN_OF_TIME, until) };
  const between = windowOf(end, until);
  const isInPlace = runs.requests.state === "resolved" && runs.requests.value.backfill !== undefined;
  if (between !== undefined && isInPlace) return { ...NOTHING, left: [between] };
  return goingOn(sight, { from: end, to: until });
}

/** Without a schedule there are no periods: a run goes on where the last one that was published ended. */
function reachOnUpdate(sight: ReachSight): Reach {
  const { readUntil, runs, observed, now } = sight;
  const until = timestamp(new Date(now.getTime() - runs.delaySeconds * 1000));
  const end = readUntil ?? takenOver(sight).at(-1)?.to;
  if (end === undefined)
    return { ...NOTHING, window: windowOf(hasRows(observed) ? runs.createdAt : BEGIN_OF_TIME, until) };
  return goingOn(sight, { from: end, to: until });
}

/** With what came late before it, and without what the inputs do not have any more. */
function goingOn({ product, runs, now }: ReachSight, { from, to }: TimeWindow): Reach {
  const { definition } = product;
  const since = readableSince(definition.state === "resolved" ? definition.value.keep : undefined, now) ?? "";
  const lost = windowOf(from, from < since ? earlier(since, to) : from);
  const window = windowOf(later(from, since), to);
  const back = window && lookingBack(window, runs.lookbackSeconds);
  return {
    window: back && { from: later(back.from, since), to },
    lost: lost === undefined ? [] : [lost],
    left: [],
  };
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}
