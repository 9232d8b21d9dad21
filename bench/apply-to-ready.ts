/** From `apply` of a resource to its Ready condition, by kind, seen through a watch. */
import type { Cluster } from "../local/deploy/deployment.ts";
import { connectionOf } from "../src/runtime/http/connection.ts";
import { createMetrics } from "../src/runtime/metrics.ts";
import type { KubernetesObject, ResourceType } from "../src/api/objects.ts";
import { createRestClient, resourcePath, type RestClient } from "../src/runtime/http/rest-client.ts";
import { openWatch } from "../src/runtime/cache/watch-stream.ts";
import { KubeConfig } from "@kubernetes/client-node";
import { eventStreamKind, lakeTableKind } from "../src/crds/kinds.ts";
import { quantile, seconds, type Figure } from "./figures.ts";

const samples = 20;
const deadlineMilliseconds = 60_000;

interface Subject {
  readonly type: ResourceType;
  spec(index: number): Readonly<Record<string, unknown>>;
}

const subjects: readonly Subject[] = [
  {
    type: eventStreamKind,
    spec: () => ({ platformRef: { name: "local" }, partitions: 1, deletionPolicy: "Delete" }),
  },
  {
    type: lakeTableKind,
    spec: (index) => ({
      platformRef: { name: "local" },
      database: "bench",
      table: `table_${index}`,
      columns: [
        { name: "id", type: "string", required: true },
        { name: "at", type: "timestamptz" },
      ],
      partitionBy: [{ column: "at", transform: "day" }],
      deletionPolicy: "Delete",
    }),
  },
];

/** Applies 20 resources of each kind, one after the other, in the namespace (which must have the DataPlatform `local`). */
export async function measureApplyToReady(cluster: Cluster, namespace: string): Promise<Figure[]> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.environment["KUBECONFIG"] ?? "");
  const connection = connectionOf(config);
  const rest = createRestClient(connection, createMetrics());
  const figures: Figure[] = [];
  try {
    for (const subject of subjects) {
      const times: number[] = [];
      for (let index = 0; index < samples; index += 1)
        times.push(await measureOne(rest, subject, { namespace, index }));
      figures.push({
        name: `apply to Ready, ${subject.type.kind}, p50 / p99 of ${samples}`,
        value: `${seconds(quantile(times, 0.5))} / ${seconds(quantile(times, 0.99))}`,
        aim: "p50 under 0.5 s",
      });
    }
  } finally {
    await connection.close();
  }
  return figures;
}

async function measureOne(
  rest: RestClient,
  subject: Subject,
  at: { namespace: string; index: number },
): Promise<number> {
  const { type } = subject;
  const name = `bench-${at.index}`;
  const path = resourcePath(type, { namespace: at.namespace, name });
  const collection = await rest.json<{ metadata: { resourceVersion: string } }>({
    verb: "list",
    path: resourcePath(type, { namespace: at.namespace }),
    query: { limit: 1 },
  });
  const events = openWatch(rest, {
    type,
    namespace: at.namespace,
    version: collection.metadata.resourceVersion,
    timeoutSeconds: 120,
    idleSeconds: 60,
    signal: AbortSignal.timeout(deadlineMilliseconds),
  });
  const body = {
    apiVersion: `${type.group}/${type.version}`,
    kind: type.kind,
    metadata: { name, namespace: at.namespace },
    spec: subject.spec(at.index),
  };
  const began = performance.now();
  await rest.json({ verb: "apply", path, query: { fieldManager: "bench", force: true }, body });
  for await (const event of events) {
    if (event.object.metadata.name === name && isReady(event.object)) break;
  }
  const took = performance.now() - began;
  await rest.json({ verb: "delete", path });
  return took;
}

function isReady(object: KubernetesObject): boolean {
  const { status } = object as {
    status?: { observedGeneration?: number; conditions?: { type: string; status: string }[] };
  };
  if (status?.observedGeneration !== object.metadata.generation) return false;
  return (
    status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ??
    false
  );
}
