/** What every Trino server of ours has in common. */

/** Port of every Trino server. */
export const TRINO_PORT = 8080;
