/** Who wrote a field of an object, as the API server keeps it in `metadata.managedFields`. Pure. */
import type { KubernetesObject } from "../../api/objects.ts";

interface ManagedFields {
  readonly manager?: string;
  readonly fieldsV1?: unknown;
}

/**
 * Names of the field managers that hold the field of a path like `spec.partitions`, each once: `kubectl-patch`. Of a path into a list
 * they are those of the list.
 */
export function writersOf(object: KubernetesObject, path: string): readonly string[] {
  const names = path.split("[")[0]?.split(".") ?? [];
  const { managedFields = [] } = object.metadata as { managedFields?: readonly ManagedFields[] };
  const writers = managedFields
    .filter(
      ({ fieldsV1 }) =>
        valueAt(
          fieldsV1,
          names.map((name) => `f:${name}`),
        ) !== undefined,
    )
    .flatMap(({ manager }) => manager ?? []);
  return [...new Set(writers)];
}

/** The value below an object at a path of names; `undefined` where there is none. */
export function valueAt(value: unknown, names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, name)
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
