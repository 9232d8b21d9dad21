/** Times as a status holds them. */

/** RFC 3339 in UTC with whole seconds, like the API server's own times. */
export function timestamp(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
