/** Durations as manifests write them, `90s` to `7d`, with the functions that read them. */
import type { z } from "zod";
import { type Rule, celText, text, withRules } from "./rules.ts";

/** The largest unit first, each once. */
const DURATION = /^([0-9]{1,5}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,7}s)?$/;
const MAX_LENGTH = 24;
const SECONDS = [86_400, 3600, 60, 1] as const;

/** What a field says that sets no limit. */
export const UNLIMITED = "Unlimited";

/** Seconds of a duration such as `7d`, `1h30m` or `5s`; NaN when the text is not one, `Unlimited` among them. */
export function parseDurationSeconds(written: string): number {
  const match = DURATION.exec(written);
  if (match === null || written === "") return Number.NaN;
  const parts = match.slice(1).map((part: string | undefined) => Number.parseInt(part ?? "0", 10));
  return SECONDS.reduce((sum, unit, position) => sum + unit * (parts[position] ?? 0), 0);
}

/** CEL that tells whether a text is a duration. */
function celIsDuration(value: string): string {
  return `(${value} != '' && ${value}.matches(${celText(DURATION.source)}))`;
}

/** CEL for the seconds of a text that is a duration. CEL knows no days, so these are counted apart. */
function celSeconds(value: string): string {
  const end = `${value}.indexOf('d')`;
  const days = `int(${value}.substring(0, ${end})) * 86400`;
  const rest = `duration('0s' + ${value}.substring(${end} + 1)).getSeconds()`;
  return `(${value}.contains('d') ? ${days} + ${rest} : duration(${value}).getSeconds())`;
}

/** A duration between two durations, both allowed; with `orUnlimited` also the word for no limit. */
export function duration(
  shortest: string,
  longest: string,
  { orUnlimited = false }: { readonly orUnlimited?: boolean } = {},
): z.ZodString {
  const [least, most] = [parseDurationSeconds(shortest), parseDurationSeconds(longest)];
  const seconds = celSeconds("self");
  const isWithin = `${celIsDuration("self")} && ${seconds} >= ${least} && ${seconds} <= ${most}`;
  return withRules(text(MAX_LENGTH), [
    {
      rule: orUnlimited ? `self == '${UNLIMITED}' || (${isWithin})` : isWithin,
      message:
        `must be a duration from ${shortest} to ${longest}, such as 90s, 30m, 1h30m or 7d` +
        (orUnlimited ? `, or ${UNLIMITED}` : ""),
      holds: (value) =>
        (orUnlimited && value === UNLIMITED) ||
        (parseDurationSeconds(value) >= least && parseDurationSeconds(value) <= most),
    },
  ]);
}

/** The rule that one duration is at least another one of the same object. The field's own rule refuses what is no duration. */
export function durationAtLeast<Longer extends string, Shorter extends string>(
  longer: Longer,
  shorter: Shorter,
  defaults: Readonly<Record<Longer | Shorter, string>>,
): Rule<{ readonly [Field in Longer | Shorter]?: string | undefined }> {
  const isOther = (field: string): string => `(has(self.${field}) && !${celIsDuration(`self.${field}`)})`;
  const seconds = (field: Longer | Shorter): string =>
    `(has(self.${field}) ? ${celSeconds(`self.${field}`)} : ${parseDurationSeconds(defaults[field])})`;
  return {
    rule: `${isOther(longer)} || ${isOther(shorter)} || ${seconds(longer)} >= ${seconds(shorter)}`,
    message: `${longer} must be at least ${shorter}; raise ${longer} or lower ${shorter}`,
    fieldPath: `.${longer}`,
    holds: (value) => {
      const [most, least] = [longer, shorter].map((field) =>
        parseDurationSeconds(value[field] ?? defaults[field]),
      );
      return !((most ?? 0) < (least ?? 0));
    },
  };
}
