/** What an earlier pass saw, for the status of a pass that could not look. */

/** The named fields of a status, as far as they are there. */
export function remembered<Status extends object, Key extends keyof Status>(
  status: Status | undefined,
  ...keys: readonly Key[]
): Partial<Pick<Status, Key>> {
  const kept: Partial<Pick<Status, Key>> = {};
  for (const key of keys) {
    if (status?.[key] !== undefined) kept[key] = status[key];
  }
  return kept;
}
