/** Times whose rows mode Append has added to the table already, and requests that would add them once more. Pure. */
import type { DataProduct } from "../../crds/kinds.ts";
import { TerminalError } from "../../runtime/errors.ts";
import { isWindowed } from "./parts.ts";
import type { BackfillAsked, Requests, RunAsked } from "./requests.ts";
import { resolveRequests } from "./requests.ts";
import type { TimeWindow } from "./windows.ts";
import { parseWindow } from "./windows.ts";

/** Where the batch job keeps them, with commas between them. */
const PROPERTY = "openclickstream.appended-windows";

/** As a table's properties tell; what cannot be read the run itself refuses. */
export function appendedWindows(properties: Readonly<Record<string, string>>): readonly TimeWindow[] {
  return (properties[PROPERTY] ?? "").split(",").flatMap((text) => parseWindow(text) ?? []);
}

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

type AskedWindow = (RunAsked | BackfillAsked) & { readonly window: TimeWindow };

function pendingOf({ status }: DataProduct, { run, backfill }: Requests): readonly AskedWindow[] {
  return [run, backfill].filter(
    (asked): asked is AskedWindow =>
      asked?.window !== undefined && status?.requests?.includes(asked.hash) !== true,
  );
}

/** The requests; throws `TerminalError` for one that has not begun and is of times which the table has. */
export function withoutAppendedTwice(
  product: DataProduct,
  requests: Requests,
  appended: readonly TimeWindow[],
): Requests {
  for (const { window } of pendingOf(product, requests)) {
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
