/**
 * Tells whether a live object already holds everything that is planned. The API server adds defaults, drops empty values and writes
 * quantities in its own form, so plain equality would never hold. Pure.
 */
import { parseQuantity } from "../../api/quantity.ts";

/** Fields whose values are quantities (`1024Mi` is stored as `1Gi`). */
const QUANTITY_FIELDS: ReadonlySet<string> = new Set([
  "cpu",
  "memory",
  "storage",
  "ephemeral-storage",
  "sizeLimit",
]);

/** Fields that the API server replaces as a whole: what somebody else put into one is a difference too. */
const ATOMIC_FIELDS: ReadonlySet<string> = new Set(["selector", "matchLabels", "nodeSelector", "subjects"]);

/** The first difference, as a path with both values, or `undefined` when `live` covers `planned`. Fields that only `live` has count only inside an atomic field. */
export function firstDifference(planned: unknown, live: unknown, path = ""): string | undefined {
  if (isEmpty(planned) && isEmpty(live)) return undefined;
  if (Array.isArray(planned)) return differenceOfArrays(planned, live, path);
  if (isRecord(planned)) return differenceOfRecords(planned, live, path);
  if (planned === live || isSameQuantity(planned, live, path)) return undefined;
  return `${path}: planned ${JSON.stringify(planned)}, found ${JSON.stringify(live)}`;
}

function differenceOfRecords(
  planned: Readonly<Record<string, unknown>>,
  live: unknown,
  path: string,
): string | undefined {
  if (!isRecord(live)) return `${path}: planned an object, found ${JSON.stringify(live)}`;
  for (const [field, value] of Object.entries(planned)) {
    if (value === undefined) continue;
    const difference = firstDifference(value, live[field], path === "" ? field : `${path}.${field}`);
    if (difference !== undefined) return difference;
  }
  return isAtomic(path) ? differenceByAddition(planned, live, path) : undefined;
}

function differenceByAddition(
  planned: Readonly<Record<string, unknown>>,
  live: Readonly<Record<string, unknown>>,
  path: string,
): string | undefined {
  const added = Object.entries(live).find(
    ([field, value]) => planned[field] === undefined && !isEmpty(value),
  );
  return added && `${path}.${added[0]}: planned nothing, found ${JSON.stringify(added[1])}`;
}

/** Lists of named things are compared by name (others may have added items), all other lists by position. */
function differenceOfArrays(planned: readonly unknown[], live: unknown, path: string): string | undefined {
  if (!Array.isArray(live)) return `${path}: planned a list, found ${JSON.stringify(live)}`;
  const items: readonly unknown[] = live;
  if (!isAtomic(path) && planned.every(hasName) && items.every(hasName))
    return differenceByName(planned, items, path);
  if (planned.length !== items.length)
    return `${path}: planned ${planned.length} items, found ${items.length}`;
  for (const [index, item] of planned.entries()) {
    const difference = firstDifference(item, items[index], `${path}[${index}]`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function differenceByName(
  planned: readonly Named[],
  items: readonly Named[],
  path: string,
): string | undefined {
  for (const item of planned) {
    // Only the uid distinguishes owners of one name: a former owner may stand beside the present one for a while.
    const other = items.find(
      ({ name, uid }) => name === item.name && (item.uid === undefined || uid === item.uid),
    );
    const difference = firstDifference(item, other, `${path}[${item.name}]`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isSameQuantity(planned: unknown, live: unknown, path: string): boolean {
  if (!QUANTITY_FIELDS.has(fieldOf(path)) || typeof planned !== "string" || typeof live !== "string")
    return false;
  const quantity = parseQuantity(planned);
  return quantity !== undefined && quantity === parseQuantity(live);
}

function isAtomic(path: string): boolean {
  return ATOMIC_FIELDS.has(fieldOf(path));
}

/** The last field of a path. */
function fieldOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** What the API server leaves out when it stores an object. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Named {
  readonly name: string;
  readonly uid?: unknown;
}

function hasName(value: unknown): value is Named {
  return isRecord(value) && typeof value["name"] === "string";
}
