/** From the answer of the collector to the row in the answer of Trino. */
import { randomUUID } from "node:crypto";
import { mustRun } from "../local/support/command.ts";
import type { Cluster } from "../local/deploy/deployment.ts";
import { quantile, seconds, type Figure } from "./figures.ts";

const samples = 20;
const deadlineMilliseconds = 120_000;

/** Sends single events, at random moments of the trigger interval, and polls until each can be queried. */
export async function measureFreshness(cluster: Cluster, namespace: string): Promise<Figure> {
  const times: number[] = [];
  const run = async (...args: string[]): Promise<string> =>
    mustRun("kubectl-clickstream", [...args, "--namespace", namespace], { env: cluster.environment });
  for (let index = 0; index < samples; index += 1) {
    const eventId = randomUUID();
    await run("send", "web", JSON.stringify({ event_id: eventId, event_type: "bench" }));
    const began = performance.now();
    const sql = `SELECT count(*) AS found FROM lake.${namespace.replaceAll("-", "_")}.web_events WHERE event_id = '${eventId}' AND received_at > current_timestamp - INTERVAL '10' MINUTE`;
    for (;;) {
      const [row] = JSON.parse(await run("query", "web", sql, "--output", "json")) as { found: unknown }[];
      if (Number(row?.found) === 1) break;
      if (performance.now() - began > deadlineMilliseconds)
        throw new Error(`event ${eventId} is not queryable after 120 s`);
    }
    times.push(performance.now() - began);
  }
  return {
    name: `event acknowledged to queryable, p50 / p95 of ${samples}`,
    value: `${seconds(quantile(times, 0.5))} / ${seconds(quantile(times, 0.95))}`,
    aim: "under 15 s",
  };
}
