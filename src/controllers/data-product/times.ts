/** What patterns cannot see of schedules, zones and instants. Pure. */

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** What is wrong with a schedule of the right form: a range that ends before it begins, or a day that no month has. */
export function scheduleProblem(schedule: string): string | undefined {
  const fields = schedule.split(" ");
  const range = fields.flatMap((field) => field.split(",")).find(isBackwards);
  if (range !== undefined)
    return `the range "${range}" ends before it begins; write it as two, separated by a comma`;
  const [, , day = "", month = ""] = fields;
  const days = numbersOf(day, []);
  const months = numbersOf(month, MONTHS);
  if (days.length === 0 || months.length === 0) return undefined;
  const hasDay = months.some((number) => Math.min(...days) <= daysOf(number));
  return hasDay ? undefined : `no month ${month} has a day ${day}`;
}

function isBackwards(part: string): boolean {
  const [from, to] = (part.split("/", 1)[0] ?? "").split("-").map(numberOf);
  return from !== undefined && to !== undefined && to < from;
}

/** SUN as the end of a range is the day after SAT in no cron, so it counts as 0. */
function numberOf(text: string): number {
  const month = MONTHS.indexOf(text);
  if (month >= 0) return month + 1;
  const weekday = WEEKDAYS.indexOf(text);
  return weekday >= 0 ? weekday : Number(text);
}

/** The numbers of a plain list; none for everything else, which is not looked into. */
function numbersOf(field: string, names: readonly string[]): readonly number[] {
  const parts = field.split(",");
  return parts.every((part) => /^\d+$/.test(part) || names.includes(part)) ? parts.map(numberOf) : [];
}

function daysOf(month: number): number {
  // The year is one with a 29th of February.
  return new Date(Date.UTC(2024, month, 0)).getUTCDate();
}

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Whether a text of the right form is a day that the calendar has. */
export function isInstant(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text.slice(0, -1));
}
