/** What the systems of a platform say they are: two addresses that lead to one system have one identity. Pure. */
import type { DataPlatform } from "../crds/kinds.ts";
import type { Component } from "./references.ts";

/** Text of each system's identity; a system that is missing here has not said it yet. */
export type Identities = Readonly<Partial<Record<Component, string>>>;

/** As the probes found them. What they found at the addresses of an earlier spec says nothing about those of this one. */
export function identitiesOf({ metadata, status }: DataPlatform): Identities {
  if (status?.observedGeneration !== metadata.generation) return {};
  const known = (status?.components ?? []).flatMap(({ name, identity }) =>
    identity === undefined ? [] : [[name, identity] as const],
  );
  return Object.fromEntries(known);
}
