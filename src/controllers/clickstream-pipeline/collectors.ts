/** What the collectors say of themselves at `/status`. */
import { statusDocument } from "../../generated/status.ts";
import { urlHost, type JsonClient } from "../../targets/http/json-client.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import { isPodReady, podAddress } from "../../targets/kubernetes/pods.ts";
import { COLLECTOR_PORTS, PATHS } from "../../generated/endpoints.ts";

/** Ready collectors, and why some of them take no events. One that does not answer is not an error: it may be out of reach from here. */
export interface CollectorAnswers {
  readonly asked: number;
  /** One text a collector that answers 503, for example `Kafka cannot be reached`. */
  readonly problems: readonly string[];
}

/** Asks every ready collector at the address of its pod. Throws only when the signal is aborted. */
export async function readCollectors(
  client: JsonClient,
  pods: readonly PodObject[],
  signal: AbortSignal,
): Promise<CollectorAnswers> {
  const addresses = pods
    .filter(isPodReady)
    .map(podAddress)
    .filter((address) => address !== undefined);
  const problems = await Promise.all(addresses.map((address) => readProblem(client, address, signal)));
  return { asked: addresses.length, problems: problems.filter((problem) => problem !== undefined) };
}

async function readProblem(
  client: JsonClient,
  address: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = await client.send(
    `http://${urlHost(address)}:${COLLECTOR_PORTS.internal.port}${PATHS.status}`,
    {
      signal,
    },
  );
  const status = answer.ok ? statusDocument.safeParse(answer.body).data : undefined;
  if (status === undefined || status.takesEvents) return undefined;
  return status.problem ?? "no events are taken";
}
