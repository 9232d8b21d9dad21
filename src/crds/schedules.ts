/** Times as manifests write them: cron schedules, names of time zones, instants. What a pattern cannot see is left to the controller. */
import type { z } from "zod";
import { celText, text, withRules } from "./rules.ts";

const MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC";
const WEEKDAYS = "SUN|MON|TUE|WED|THU|FRI|SAT";

/** Values of the five fields in their order. */
const FIELD_VALUES = [
  "[0-5]?[0-9]",
  "([01]?[0-9]|2[0-3])",
  "(0?[1-9]|[12][0-9]|3[01])",
  `(0?[1-9]|1[0-2]|${MONTHS})`,
  `([0-7]|${WEEKDAYS})`,
] as const;

const CRON = `^${FIELD_VALUES.map(cronField).join(" ")}$`;
const CRON_REGEX = new RegExp(CRON);

function cronField(value: string): string {
  const part = `(\\*|${value}(-${value})?)(/[1-9][0-9]?)?`;
  return `${part}(,${part})*`;
}

/** Five fields of cron. A range whose end lies before its start passes. */
export function cronSchedule(): z.ZodString {
  return withRules(text(128), [
    {
      rule: `self.matches(${celText(CRON)})`,
      message:
        "must be the five fields of cron (minute, hour, day of month, month, day of week) with one blank between them, such as " +
        "'*/15 * * * *' or '0 6 * * MON-FRI'",
      holds: (schedule) => CRON_REGEX.test(schedule),
    },
  ]);
}

const ZONE = "^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$";
const ZONE_REGEX = new RegExp(ZONE);

/** Name of a time zone. Whether there is such a zone, the controller asks. */
export function timeZoneName(): z.ZodString {
  return withRules(text(64), [
    {
      rule: `self.matches(${celText(ZONE)})`,
      message:
        "must be the name of a time zone, such as UTC or Europe/Berlin; an offset such as +01:00 is none",
      holds: (zone) => ZONE_REGEX.test(zone),
    },
  ]);
}

const INSTANT =
  "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$";
const INSTANT_REGEX = new RegExp(INSTANT);

/** A point in time, in UTC and whole seconds, so that the order of two texts is the order of the times. */
export function instant(): z.ZodString {
  return withRules(text(20), [
    {
      rule: `self.matches(${celText(INSTANT)})`,
      message: "must be a time in UTC with whole seconds, such as 2026-03-01T00:00:00Z",
      holds: (time) => INSTANT_REGEX.test(time),
    },
  ]);
}
