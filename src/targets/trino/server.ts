/** What every Trino server of ours has in common. */

/** Port of every Trino server. */
export const TRINO_PORT = 8080;

/** How Trino is told, in a file of properties, to take a value from its environment. */
export function fromEnvironment(variable: string): string {
  return `\${ENV:${variable}}`;
}
