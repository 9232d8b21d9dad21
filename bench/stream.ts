/** Rows that the stream job turns into table rows with one second of processor time. */
import { setTimeout as sleep } from "node:timers/promises";
import { mustRun } from "../local/support/command.ts";
import type { Cluster } from "../local/deploy/deployment.ts";
import type { Figure } from "./figures.ts";

const events = 200_000;
const deadlineMilliseconds = 900_000;

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly cpu?: { readonly usageCoreNanoSeconds?: number };
  }[];
}

interface Account {
  readonly received: number;
  readonly stored: number;
  readonly failed: number;
  readonly duplicate: number;
}

/** Sends generated events as fast as the collector takes them and waits until all are in the tables. */
export async function measureStream(cluster: Cluster, namespace: string): Promise<Figure[]> {
  const run = async (...args: string[]): Promise<string> =>
    mustRun("kubectl-clickstream", [...args, "--namespace", namespace], { env: cluster.environment });
  const readAccount = async (): Promise<Account> =>
    JSON.parse(await run("account", "web", "--output", "json", "--allow-lag")) as Account;
  const cpuBefore = await readStreamCpuSeconds(cluster, namespace);
  const began = performance.now();
  await run(
    "generate",
    "--events",
    String(events),
    "--seed",
    String(Date.now() % 1_000_000),
    "--send",
    "web",
  );
  const sent = performance.now();
  for (;;) {
    const account = await readAccount();
    if (account.stored + account.failed + account.duplicate >= account.received) break;
    if (performance.now() - sent > deadlineMilliseconds)
      throw new Error("the stream job did not catch up in 15 minutes");
    await sleep(1000);
  }
  const wallSeconds = (performance.now() - began) / 1000;
  const cpuSeconds = (await readStreamCpuSeconds(cluster, namespace)) - cpuBefore;
  return [
    { name: `stream job, rows a core-second (${events} events)`, value: (events / cpuSeconds).toFixed(0) },
    {
      name: "stream job, rows a second while everything shares the machine",
      value: (events / wallSeconds).toFixed(0),
    },
  ];
}

/** Processor time of the driver and its executors so far, as the kubelet counts it. */
async function readStreamCpuSeconds(cluster: Cluster, namespace: string): Promise<number> {
  const node = (await cluster.kubectl(["get", "nodes", "-o", "jsonpath={.items[0].metadata.name}"])).trim();
  const summary = JSON.parse(
    await cluster.kubectl(["get", "--raw", `/api/v1/nodes/${node}/proxy/stats/summary`]),
  ) as Summary;
  return summary.pods
    .filter(({ podRef }) => podRef.namespace === namespace && podRef.name.startsWith("web-stream"))
    .reduce((total, pod) => total + (pod.cpu?.usageCoreNanoSeconds ?? 0) / 1e9, 0);
}
