/** What a status has that its kind's definition does not: the real API server refuses to apply it, and the fake one knows no schemas. */
import { KINDS } from "../crds/kinds.ts";

/** Throws when the status of a resource has a field that its definition does not declare. Other kinds than ours are not looked at. */
export function requireDeclared(kind: string, status: unknown): void {
  const definition = KINDS.find((candidate) => candidate.kind === kind);
  const parsed = definition?.statusSchema.safeParse(status);
  if (parsed?.success !== true) return;
  const [first] = undeclared(status, parsed.data, "status");
  if (first !== undefined) throw new Error(`${first}: field not declared in the definition of ${kind}`);
}

/** Schemas drop the fields that they do not know. */
function undeclared(given: unknown, kept: unknown, path: string): readonly string[] {
  if (!isObject(given) || !isObject(kept)) return [];
  return Object.entries(given).flatMap(([key, value]) =>
    key in kept ? undeclared(value, kept[key], `${path}.${key}`) : [`${path}.${key}`],
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
