/** A read that may have failed: "unknown" is never taken for "absent". */

/** What a read gave, or why it gave nothing. */
export type Observation<Value> =
  { readonly state: "known"; readonly value: Value } | { readonly state: "unknown"; readonly error: Error };

/** Of what a pass had no reason, or no way, to look at. */
export const NOT_READ: Observation<never> = { state: "unknown", error: new Error("it was not read") };

/** Runs a read; its failure becomes `unknown`. */
export async function observed<Value>(read: Promise<Value>): Promise<Observation<Value>> {
  try {
    return { state: "known", value: await read };
  } catch (error) {
    return { state: "unknown", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** The value, or the error of the read. */
export function requireKnown<Value>(observation: Observation<Value>): Value {
  if (observation.state === "unknown") throw observation.error;
  return observation.value;
}
