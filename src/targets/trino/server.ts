/** What every Trino server of ours has in common. */

/** Port of every Trino server. */
export const TRINO_PORT = 8080;

/** Who the operator is to Trino; shown in its list of queries. */
export const OPERATOR_USER = "openclickstream-operator";

/** What a properties file says so that Trino takes a value from its environment. */
export function fromEnvironment(variable: string): string {
  return `\${ENV:${variable}}`;
}
