/**
 * An independent count of an access log, for comparison with what the platform stored. Deliberately shares no code
 * with the product: one regular expression, one sort, one pass.
 */
import { readFile } from "node:fs/promises";

const combined =
  /^(\S+) \S+ .*?\[(\d{2})\/(\w{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\] "(?:[^"\\]|\\.)*" \d{3} (?:\d+|-) "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)"$/;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface LogCount {
  readonly lines: number;
  /** Lines that are not combined log records, with their numbers (from 1). */
  readonly malformed: readonly { readonly number: number; readonly line: string }[];
  /** Distinct pairs of address and user agent. */
  readonly visitors: number;
  /** Visits: a visitor's records, cut where more than `idleSeconds` pass between two of them. */
  readonly sessions: number;
}

/** Counts visitors and sessions of a combined-format log. */
export async function countLog(path: string, idleSeconds: number): Promise<LogCount> {
  const lines = (await readFile(path, "utf8")).replace(/\n$/, "").split("\n");
  const malformed: { number: number; line: string }[] = [];
  const timesByVisitor = new Map<string, number[]>();
  lines.forEach((line, index) => {
    const match = combined.exec(line);
    if (match === null) {
      malformed.push({ number: index + 1, line });
      return;
    }
    const [, address, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes, agent] = match;
    const local = Date.UTC(
      Number(year),
      months.indexOf(month ?? ""),
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    );
    const zone = (sign === "-" ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
    const visitor = `${address ?? ""}\n${agent ?? ""}`;
    const times = timesByVisitor.get(visitor) ?? [];
    times.push((local - zone) / 1000);
    timesByVisitor.set(visitor, times);
  });
  let sessions = 0;
  for (const times of timesByVisitor.values()) {
    times.sort((left, right) => left - right);
    sessions += times.filter(
      (time, index) => index === 0 || time - (times[index - 1] ?? 0) > idleSeconds,
    ).length;
  }
  return { lines: lines.length, malformed, visitors: timesByVisitor.size, sessions };
}
