/** Environment variables of containers. Pure. */
import type { V1EnvVar } from "@kubernetes/client-node";

/** Plain variables as `env` of a container; those without a value are left out. */
export function plainEnvironment(variables: Readonly<Record<string, string | undefined>>): V1EnvVar[] {
  return Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}
