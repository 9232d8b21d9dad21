/** Requests and events a second a core of the collector, as a process of its own against the cluster's Kafka. */
import { mustRun } from "../local/support/command.ts";
import { checkoutFolder } from "../local/support/checkout.ts";
import { join } from "node:path";
import type { Cluster } from "../local/deploy/deployment.ts";
import type { Figure } from "./figures.ts";

interface Measurement {
  readonly eventsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly requestsPerCore: number;
  readonly eventsPerCore: number;
  readonly p99Milliseconds: number;
}

/** Loads the collector of the pipeline through its Service; the load generator shares the machine with it. */
export async function measureCollector(cluster: Cluster, namespace: string): Promise<Figure[]> {
  const addressOf = async (service: string): Promise<string> => {
    const path = "jsonpath={.spec.clusterIP}";
    return (await cluster.kubectl(["get", "service", service, "-n", namespace, "-o", path])).trim();
  };
  const args = [
    `--address=${await addressOf("web-collector")}:80`,
    `--metrics=http://${await addressOf("web-collector-internal")}:9090/metrics`,
    "--duration=10s",
    "--json",
  ];
  const text = await mustRun("go", ["run", "./cmd/bench-collector", ...args], {
    cwd: join(checkoutFolder, "go"),
  });
  return (JSON.parse(text) as Measurement[]).map((measured) => ({
    name: `collector, acks=all, ${measured.eventsPerRequest} events a request, requests (events) a core-second`,
    value: `${measured.requestsPerCore.toFixed(0)} (${measured.eventsPerCore.toFixed(0)})`,
    ...(measured.eventsPerRequest === 1 ? { aim: "above 15000 requests" } : {}),
  }));
}
