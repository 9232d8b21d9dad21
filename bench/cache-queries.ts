/** The table that the section `cache` reads, and the ten queries of a dashboard over it. */

/** Rows of `tpch.sf1.orders`. */
export const ROWS_A_SCALE = 1_500_000;

/** Events of ten days, a partition each, made from TPC-H's orders; some 85 bytes a row in the files. */
export function createEvents(table: string, scale: number): string {
  return `CREATE TABLE ${table} WITH (format = 'PARQUET', partitioning = ARRAY['day(event_time)']) AS
    SELECT cast(uuid() AS varchar) AS event_id,
      timestamp '2026-11-01 00:00:00.000000' + (orderkey % 864000) * interval '1' second AS event_time,
      lower(to_hex(md5(to_utf8(cast(custkey AS varchar))))) AS visitor_id,
      lower(to_hex(xxhash64(to_utf8(cast(orderkey / 32 AS varchar))))) AS session_id,
      '/products/' || cast(custkey % 2000 AS varchar) AS page_path,
      element_at(ARRAY['search', 'newsletter', 'direct', 'partner', 'social'], cast(orderkey % 5 + 1 AS integer)) AS campaign,
      element_at(ARRAY['DE', 'FR', 'GB', 'IT', 'NL', 'PL', 'SE', 'US'], cast(custkey % 8 + 1 AS integer)) AS country,
      cast(round(totalprice * 100) AS bigint) AS cents,
      comment AS page_title
    FROM tpch."sf${scale}".orders`;
}

/** Each has one answer, whatever order the rows come in. */
export function questions(table: string): readonly string[] {
  const day = (from: number, to = from): string =>
    `event_time >= timestamp '2026-11-${two(from)} 00:00:00' AND event_time < timestamp '2026-11-${two(to + 1)} 00:00:00'`;
  return [
    `SELECT date(event_time), count(*) FROM ${table} GROUP BY 1 ORDER BY 1`,
    `SELECT count(DISTINCT visitor_id) FROM ${table} WHERE ${day(1, 3)}`,
    `SELECT page_path, count(*) FROM ${table} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10`,
    `SELECT country, count(*), sum(cents) FROM ${table} GROUP BY 1 ORDER BY 1`,
    `SELECT campaign, sum(cents) FROM ${table} WHERE ${day(5)} GROUP BY 1 ORDER BY 1`,
    `SELECT hour(event_time), count(DISTINCT session_id) FROM ${table} WHERE ${day(7)} GROUP BY 1 ORDER BY 1`,
    `SELECT country, page_path, count(*) FROM ${table} WHERE ${day(2, 4)} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 10`,
    `SELECT count(*) FROM ${table} WHERE page_title LIKE '%furiously%' AND ${day(8, 9)}`,
    `SELECT max(event_id), min(event_id) FROM ${table} WHERE ${day(10)}`,
    `SELECT visitor_id, sum(cents) FROM ${table} WHERE ${day(6)} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`,
  ];
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
