/** Puts an entry at the end of a map that holds at most so many: the first one, which was put longest ago, goes when there are more. */
export function putLast<Key, Value>(map: Map<Key, Value>, [key, value]: [Key, Value], most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const first of map.keys()) {
    map.delete(first);
    return;
  }
}
