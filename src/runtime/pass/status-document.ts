/** Builds and compares the status of a resource. Pure. */
import type { CommonStatus, Condition } from "../../api/conditions.ts";

/** A status as it is sent: the controller's fields, observedGeneration and conditions, without what is undefined. */
export type StatusDocument = CommonStatus & Readonly<Record<string, unknown>>;

/** Puts the parts together in JSON's own terms (no `undefined`, dates as text), as the API server will return them. */
export function statusDocument(
  fields: object,
  runtime: { readonly observedGeneration: number | undefined; readonly conditions: readonly Condition[] },
): StatusDocument {
  return JSON.parse(JSON.stringify({ ...fields, ...runtime })) as StatusDocument;
}

/** The controller's fields of a status. */
export function fieldsOf(status: CommonStatus | undefined): object {
  const fields: Record<string, unknown> = { ...status };
  delete fields["conditions"];
  delete fields["observedGeneration"];
  return fields;
}

/** Whether two statuses say the same. The order of conditions and of keys means nothing (the API server chooses it). */
export function isSameStatus(left: CommonStatus | undefined, right: CommonStatus): boolean {
  if (left === undefined) return false;
  return isSameJson(byType(left), byType(right));
}

function byType(status: CommonStatus): object {
  const conditions = Object.fromEntries(
    (status.conditions ?? []).map((condition) => [condition.type, condition]),
  );
  return { ...status, conditions };
}

function isSameJson(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => key in right && isSameJson(valueOf(left, key), valueOf(right, key)));
}

function valueOf(record: object, key: string): unknown {
  return (record as Record<string, unknown>)[key];
}
