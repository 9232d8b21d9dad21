/** Settings of an engine that a manifest adds to the operator's own. Pure. */
import { TerminalError } from "../runtime/errors.ts";
import type { Properties } from "./properties.ts";

/** Where a manifest gives them, and what it must leave to the operator. */
export interface FurtherProperties {
  readonly field: string;
  readonly given: Readonly<Record<string, string>> | undefined;
  readonly own: Properties;
  /** Names that the operator does not set now, and yet keeps. */
  readonly kept: RegExp;
}

/** The operator's and the given ones. Throws `TerminalError` for a name that is the operator's, and for what would be no single line. */
export function withFurtherProperties({ field, given = {}, own, kept }: FurtherProperties): Properties {
  for (const [name, value] of Object.entries(given)) {
    const problem = problemOf(name, value, { own, kept });
    if (problem === undefined) continue;
    throw new TerminalError("InvalidSpec", `${field} must not hold "${name}": ${problem}`, { field });
  }
  return { ...own, ...given };
}

function problemOf(
  name: string,
  value: string,
  { own, kept }: Pick<FurtherProperties, "own" | "kept">,
): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(name)) return "it is no name of a property";
  if (Object.hasOwn(own, name) || kept.test(name)) return "the operator sets it; leave it out";
  // Variables of the pod hold secrets.
  return value.includes("${")
    ? "'${' in a value would read variables of the pod; write the value itself"
    : undefined;
}
