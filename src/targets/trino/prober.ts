/** Asks coordinators now and then: passes are more frequent than changed answers, and each question is a query in Trino's list. */
import { urlHost, type JsonClient } from "../http/json-client.ts";
import type { PodObject } from "../kubernetes/pods.ts";
import { podAddress } from "../kubernetes/pods.ts";
import type { TrinoProbe } from "./probe.ts";
import { probeTrino } from "./probe.ts";
import { TRINO_PORT } from "./server.ts";

/** An answer without fault stands so long. */
export const PROBE_INTERVAL_SECONDS = 60;
/** After a fault it is asked again sooner. */
export const FAULT_INTERVAL_SECONDS = 10;
/** Answers of clusters that are gone are forgotten after this time. */
const FORGET_SECONDS = 600;

export interface ProbeRequest {
  /** `namespace/name`. */
  readonly cluster: string;
  /** The ready coordinator, if there is one. */
  readonly coordinator: PodObject | undefined;
  readonly readyWorkers: number;
  readonly catalogs: readonly string[];
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** The seam for tests. */
export interface ClusterProber {
  probe(request: ProbeRequest): Promise<TrinoProbe>;
}

interface Answer {
  /** Of what was asked; another coordinator, worker or catalog makes the answer void. */
  readonly question: string;
  readonly at: Date;
  readonly probe: TrinoProbe;
}

/** Keeps the last answer of each cluster for a while. What is lost with it is only asked again. */
export class CachingProber implements ClusterProber {
  readonly #answers = new Map<string, Answer>();
  readonly #client: JsonClient;
  readonly #port: number;

  /** `port` is where the coordinators listen. */
  constructor(client: JsonClient, port = TRINO_PORT) {
    this.#client = client;
    this.#port = port;
  }

  async probe(request: ProbeRequest): Promise<TrinoProbe> {
    const { coordinator, catalogs, now } = request;
    const address = podAddress(coordinator);
    if (address === undefined) return { state: "unknown", message: "no coordinator is ready" };
    const question = [coordinator?.metadata.uid, address, request.readyWorkers, ...catalogs].join("\n");
    const last = this.#answers.get(request.cluster);
    if (last?.question === question && secondsBetween(last.at, now) < intervalAfter(last.probe, request))
      return last.probe;
    const probe = await probeTrino({
      client: this.#client,
      coordinatorUrl: `http://${urlHost(address)}:${this.#port}`,
      catalogs,
      signal: request.signal,
      clock: () => performance.now(),
    });
    this.#remember(request.cluster, { question, at: now, probe });
    return probe;
  }

  #remember(cluster: string, answer: Answer): void {
    for (const [key, { at }] of this.#answers) {
      if (secondsBetween(at, answer.at) > FORGET_SECONDS) this.#answers.delete(key);
    }
    this.#answers.set(cluster, answer);
  }
}

/** Workers that come or go are also a reason to ask again soon: the coordinator notices them seconds after Kubernetes. */
function intervalAfter(probe: TrinoProbe, { readyWorkers }: ProbeRequest): number {
  const isFaultless =
    probe.state === "known" &&
    probe.activeWorkers === readyWorkers &&
    probe.catalogs.every(({ reachable }) => reachable);
  return isFaultless ? PROBE_INTERVAL_SECONDS : FAULT_INTERVAL_SECONDS;
}

function secondsBetween(earlier: Date, later: Date): number {
  return (later.getTime() - earlier.getTime()) / 1000;
}
