/** What every Trino server of ours has in common. */

/** Port of every Trino server. */
export const TRINO_PORT = 8080;

/** What a properties file says so that Trino takes a value from its environment. */
export function fromEnvironment(variable: string): string {
  return `\${ENV:${variable}}`;
}
