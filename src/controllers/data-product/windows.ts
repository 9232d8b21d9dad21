/** The times that runs are of: from an instant on and before another. Pure. */
import { timestamp } from "../../api/timestamp.ts";

/** Both in UTC with whole seconds, so that the order of two texts is the order of the times. */
export interface TimeWindow {
  readonly from: string;
  readonly to: string;
}

/** A window from here on leaves nothing out that is older. */
export const BEGIN_OF_TIME = "1970-01-01T00:00:00Z";

/** `undefined` when the texts are no times, or the first is not before the second. */
export function windowOf(from: string | undefined, to: string | undefined): TimeWindow | undefined {
  const [begin, end] = [instantOf(from), instantOf(to)];
  if (begin === undefined || end === undefined || begin >= end) return undefined;
  return { from: timestamp(begin), to: timestamp(end) };
}

/** `2026-03-01T00:00:00Z/2026-03-05T00:00:00Z` */
export function parseWindow(text: string): TimeWindow | undefined {
  const [from, to, ...more] = text.split("/");
  return more.length > 0 ? undefined : windowOf(from, to);
}

/** What is left of a window without another: nothing, one piece or two. */
export function without(window: TimeWindow, { from, to }: TimeWindow): readonly TimeWindow[] {
  const before = { from: window.from, to: from < window.to ? from : window.to };
  const after = { from: to > window.from ? to : window.from, to: window.to };
  if (after.from <= before.to) return [window];
  return [before, after].filter((piece) => piece.from < piece.to);
}

/** The window with what lies so long before it. */
export function lookingBack({ from, to }: TimeWindow, seconds: number): TimeWindow {
  return { from: timestamp(new Date(Date.parse(from) - seconds * 1000)), to };
}

/** RFC 3339; a day alone is a day in UTC. */
function instantOf(text: string | undefined): Date | undefined {
  const time = new Date(text ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time;
}
