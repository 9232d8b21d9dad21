/**
 * An independent count of an access log, for comparison with what the platform stored. Deliberately shares no code
 * with the product: one regular expression, one sort, one pass.
 */
import { readFile } from "node:fs/promises";

const combined =
  /^(\S+) \S+ .*?\[(\d{2})\/(\w{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\] "((?:[^"\\]|\\.)*)" \d{3} (?:\d+|-) "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)"$/;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface LogCount {
  readonly lines: number;
  /** Lines that are not combined log records, with their numbers (from 1). */
  readonly malformed: readonly { readonly number: number; readonly line: string }[];
  /** Distinct pairs of address and user agent. */
  readonly visitors: number;
  /** Visits: a visitor's records, cut where more than `idleSeconds` pass between two of them. */
  readonly sessions: number;
  /** Visits with a record on the day, by days in UTC such as `2015-05-17`. */
  readonly sessionsByDay: ReadonlyMap<string, number>;
  /** Records of a path on a day, and their distinct visitors. */
  readonly pages: readonly PageCount[];
}

export interface PageCount {
  readonly day: string;
  readonly path: string;
  readonly views: number;
  readonly visitors: number;
}

interface LogRecord {
  readonly visitor: string;
  readonly seconds: number;
  readonly path: string;
}

/** Counts visitors, sessions and pages of a combined-format log. */
export async function countLog(path: string, idleSeconds: number): Promise<LogCount> {
  const lines = (await readFile(path, "utf8")).replace(/\n$/, "").split("\n");
  const malformed: { number: number; line: string }[] = [];
  const records: LogRecord[] = [];
  lines.forEach((line, index) => {
    const match = combined.exec(line);
    if (match === null) malformed.push({ number: index + 1, line });
    else records.push(recordOf(match));
  });
  const byVisitor = Map.groupBy(records, ({ visitor }) => visitor);
  const sessions = [...byVisitor.values()].flatMap((ofVisitor) => sessionsOf(ofVisitor, idleSeconds));
  const days = sessions.flatMap((times) => [...new Set(times.map(dayOf))]);
  return {
    ...{ lines: lines.length, malformed, visitors: byVisitor.size, sessions: sessions.length },
    sessionsByDay: new Map([...Map.groupBy(days, (day) => day)].map(([day, all]) => [day, all.length])),
    pages: pagesOf(records),
  };
}

function recordOf(match: RegExpExecArray): LogRecord {
  const [, address, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes, request, agent] =
    match;
  const date = [Number(year), months.indexOf(month ?? ""), Number(day)] as const;
  const local = Date.UTC(...date, Number(hour), Number(minute), Number(second));
  const zone = (sign === "-" ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  const [, target = ""] = request?.split(" ") ?? [];
  return {
    visitor: `${address ?? ""}\n${agent ?? ""}`,
    seconds: (local - zone) / 1000,
    path: target.replace(/[?#].*$/, ""),
  };
}

/** The times of a visitor's records, cut into sessions. */
function sessionsOf(records: readonly LogRecord[], idleSeconds: number): number[][] {
  const times = records.map(({ seconds }) => seconds).sort((left, right) => left - right);
  const sessions: number[][] = [];
  times.forEach((time, index) => {
    const before = times[index - 1];
    if (before === undefined || time - before > idleSeconds) sessions.push([]);
    sessions.at(-1)?.push(time);
  });
  return sessions;
}

function pagesOf(records: readonly LogRecord[]): PageCount[] {
  const groups = Map.groupBy(records, ({ seconds, path }) => `${dayOf(seconds)} ${path}`);
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ seconds, path }) => ({
      ...{ day: dayOf(seconds), path, views: group.length },
      visitors: new Set(group.map(({ visitor }) => visitor)).size,
    })),
  );
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
