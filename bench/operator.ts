/** What the operator costs while nothing changes: memory, processor time and writes to the API server. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../local/deploy/deployment.ts";
import type { Figure } from "./figures.ts";

const quietSeconds = 150; // longer than one resync, so that every resource is looked at at least once

interface Reading {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  readonly writes: number;
}

/** Reads the leader's metrics twice, a resync apart. */
export async function measureOperator(cluster: Cluster): Promise<Figure[]> {
  const before = await readAll(cluster);
  await sleep(quietSeconds * 1000);
  const after = await readAll(cluster);
  const largest = Math.max(...after.map((reading) => reading.residentBytes));
  const sum = (readings: readonly Reading[], key: keyof Reading): number =>
    readings.reduce((total, reading) => total + reading[key], 0);
  const cpu = (sum(after, "cpuSeconds") - sum(before, "cpuSeconds")) / quietSeconds;
  return [
    {
      name: "operator memory, largest replica",
      value: `${(largest / 2 ** 20).toFixed(0)} MiB`,
      aim: "under 150 MiB",
    },
    { name: "operator processor time, both replicas, idle", value: `${(cpu * 1000).toFixed(0)} millicores` },
    {
      name: `API writes in ${quietSeconds} s without a change, leases aside`,
      value: String(sum(after, "writes") - sum(before, "writes")),
      aim: "0",
    },
  ];
}

async function readAll(cluster: Cluster): Promise<Reading[]> {
  const names = await cluster.kubectl([
    "get",
    "pods",
    "-n",
    "openclickstream-system",
    "-l",
    "app.kubernetes.io/name=operator",
    "-o",
    "jsonpath={.items[*].metadata.name}",
  ]);
  return Promise.all(
    names
      .trim()
      .split(/\s+/)
      .map(async (name) => readOne(cluster, name)),
  );
}

async function readOne(cluster: Cluster, pod: string): Promise<Reading> {
  const path = `/api/v1/namespaces/openclickstream-system/pods/${pod}:8080/proxy/metrics`;
  const text = await cluster.kubectl(["get", "--raw", path]);
  const total = (pattern: RegExp): number =>
    text
      .split("\n")
      .filter((line) => pattern.test(line))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  return {
    residentBytes: total(/^process_resident_memory_bytes /),
    cpuSeconds: total(/^process_cpu_seconds_total /),
    // The lease is the only object that is written by `update`.
    writes: total(/^openclickstream_api_requests_total\{.*verb="(apply|create|patch|delete)"/),
  };
}
