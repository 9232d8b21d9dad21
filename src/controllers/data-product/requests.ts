/** What people ask for beside the runs that come by themselves: a run now, a backfill. Pure. */
import { keyOf } from "../../api/objects.ts";
import type { DataProduct } from "../../crds/kinds.ts";
import { ANNOTATIONS } from "../../naming/marks.ts";
import { TerminalError } from "../../runtime/errors.ts";
import { hashOf } from "../../targets/kubernetes/child.ts";
import { isWindowed } from "./parts.ts";
import type { TimeWindow } from "./windows.ts";
import { parseWindow, windowOf } from "./windows.ts";

/** By its hash a request is known again once it has begun. */
export interface RunAsked {
  readonly hash: string;
  /** Absent: what the product's runs are of by themselves. */
  readonly window: TimeWindow | undefined;
}

export interface BackfillAsked {
  readonly hash: string;
  readonly window: TimeWindow;
  readonly concurrency: number;
  /** One of the same times that is under way is another one. */
  readonly isAnew: boolean;
}

export interface Requests {
  readonly run: RunAsked | undefined;
  readonly backfill: BackfillAsked | undefined;
}

const MAX_CONCURRENCY = 16;
/** Asks for the same times once more. */
const WORD = /^[A-Za-z0-9_.:-]{1,63}$/;
const EXAMPLE = "2026-03-01T00:00:00Z/2026-03-05T00:00:00Z";

/** Throws `TerminalError` for an annotation that says nothing. */
export function resolveRequests(product: DataProduct): Requests {
  return { run: runAsked(product), backfill: backfillAsked(product) };
}

function runAsked(product: DataProduct): RunAsked | undefined {
  const { annotations = {} } = product.metadata;
  const token = annotations[ANNOTATIONS.run];
  if (token === undefined || token === "") return undefined;
  const text = annotations[ANNOTATIONS.runWindow];
  const window = text === undefined ? undefined : windowAsked(product, text);
  return { hash: requestHash(product, "run", token, text), window };
}

function windowAsked(product: DataProduct, text: string): TimeWindow {
  const window = parseWindow(text);
  const wanted = whyNoWindow(product) ?? `two times with a / between, the earlier first, such as ${EXAMPLE}`;
  if (window === undefined || whyNoWindow(product) !== undefined)
    throw wrong(ANNOTATIONS.runWindow, wanted, text);
  return window;
}

function whyNoWindow(product: DataProduct): string | undefined {
  const { incremental, refresh } = product.spec;
  if (!isWindowed(product)) return "absent without spec.incremental.newDataBy, because each run reads all";
  if (incremental?.mode !== "Append" || refresh.onUpdate === undefined) return undefined;
  return "absent with mode Append and spec.refresh.onUpdate, because each run goes on where the last one ended, and a time is appended once";
}

function backfillAsked(product: DataProduct): BackfillAsked | undefined {
  const text = product.metadata.annotations?.[ANNOTATIONS.backfill];
  if (text === undefined || text === "") return backfillOfSpec(product);
  const parsed = parseBackfill(text);
  if (parsed === undefined) {
    throw wrong(
      ANNOTATIONS.backfill,
      `two times and, if wanted, the number of runs at once up to ${MAX_CONCURRENCY}, such as ${EXAMPLE}/2, ` +
        `and behind it any word that makes it another one than before, such as ${EXAMPLE}/2/again`,
      text,
    );
  }
  if (product.spec.refresh.schedule === undefined) {
    throw wrong(
      ANNOTATIONS.backfill,
      "absent without spec.refresh.schedule, which says what its periods are",
      text,
    );
  }
  return { hash: requestHash(product, "backfill", text), ...parsed };
}

function parseBackfill(text: string): Omit<BackfillAsked, "hash"> | undefined {
  const [from, to, concurrency = "1", word, ...more] = text.split("/");
  const window = windowOf(from, to);
  const number = /^[0-9]{1,2}$/.test(concurrency) ? Number(concurrency) : 0;
  const isPossible = number >= 1 && number <= MAX_CONCURRENCY && WORD.test(word ?? "-") && more.length === 0;
  return window !== undefined && isPossible
    ? { window, concurrency: number, isAnew: word !== undefined }
    : undefined;
}

function backfillOfSpec(product: DataProduct): BackfillAsked | undefined {
  const { backfill } = product.spec;
  const window = windowOf(backfill?.from, backfill?.to);
  if (backfill === undefined || window === undefined) return undefined;
  const { concurrency = 1 } = backfill;
  const hash = requestHash(product, "backfill", [window.from, window.to, String(concurrency)].join("/"));
  return { hash, window, concurrency, isAnew: false };
}

type AskedWindow = (RunAsked | BackfillAsked) & { readonly window: TimeWindow };

/** Those of a time that have not begun, as far as the status remembers. */
export function pendingOf({ status }: DataProduct, { run, backfill }: Requests): readonly AskedWindow[] {
  return [run, backfill].filter(
    (asked): asked is AskedWindow =>
      asked?.window !== undefined && status?.requests?.includes(asked.hash) !== true,
  );
}

/** The run that a product has once for all. */
export function firstRequest(product: DataProduct): string {
  return requestHash(product, "first");
}

/** A product that is made again under its name asks anew. */
export function requestHash(product: DataProduct, ...parts: readonly (string | undefined)[]): string {
  return hashOf([product.metadata.uid ?? keyOf(product), ...parts]).slice(0, HASH_LENGTH);
}

const HASH_LENGTH = 12;

function wrong(annotation: string, wanted: string, text: string | undefined): TerminalError {
  const field = `metadata.annotations[${annotation}]`;
  return new TerminalError("InvalidSpec", `${field} must be ${wanted}; it is "${text ?? ""}"`, { field });
}
