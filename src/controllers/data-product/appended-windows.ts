/** Times whose rows mode Append has added to the table already, and requests that would add them once more. Pure. */
import type { DataProduct } from "../../crds/kinds.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { DagRun } from "../../targets/airflow/dag.ts";
import { isWindowed } from "./parts.ts";
import type { Requests } from "./requests.ts";
import { pendingOf, resolveRequests } from "./requests.ts";
import { askedRunId, BACKFILL_KEY } from "./runs.ts";
import type { TimeWindow } from "./windows.ts";

/** Whether a request has not begun that may be of times which the table has. */
export function mayAppendTwice(product: DataProduct): boolean {
  if (product.spec.incremental?.mode !== "Append" || !isWindowed(product)) return false;
  try {
    return pendingOf(product, resolveRequests(product)).length > 0;
  } catch (error) {
    if (error instanceof TerminalError) return false;
    throw error;
  }
}

/**
 * The requests; throws `TerminalError` for one that has not begun and is of times which the table has. What Airflow has a run of has begun,
 * though the status was lost that was to remember it: those times may be its own.
 */
export function withoutAppendedTwice(
  product: DataProduct,
  requests: Requests,
  { appended, runs }: { readonly appended: readonly TimeWindow[]; readonly runs: readonly DagRun[] },
): Requests {
  for (const { hash, window } of pendingOf(product, requests)) {
    if (runs.some((run) => run.conf[BACKFILL_KEY] === hash || run.id === askedRunId(hash))) continue;
    const there = appended.find(({ from, to }) => from < window.to && window.from < to);
    if (there === undefined) continue;
    throw new TerminalError(
      "InvalidSpec",
      `rows from ${window.from} to ${window.to} are asked for, and the table has those from ${there.from} to ${there.to}: mode Append ` +
        "would double them; ask for times that it lacks, or use Merge or OverwritePartitions, which replace rows",
    );
  }
  return requests;
}
