/** Asks Trino servers what the cache of their catalogs' files (Alluxio) has spared them. Reads only. */
import { urlHost, type JsonAnswer, type JsonClient } from "../http/json-client.ts";
import type { PodObject } from "../kubernetes/pods.ts";
import { isPodReady, podAddress } from "../kubernetes/pods.ts";
import { PROBE_INTERVAL_SECONDS } from "./prober.ts";
import { OPERATOR_USER, TRINO_PORT } from "./server.ts";

/** Figures of one catalog since its server began. */
export interface CacheFigures {
  /** Reads that the cache answered alone. */
  readonly hits: number;
  /** Reads for which the store was asked. */
  readonly misses: number;
  readonly hitBytes: number;
  readonly missBytes: number;
}

/** The sum over the ready pods of a cluster, or why there is none. */
export type CacheReading =
  | { readonly state: "unknown"; readonly message: string }
  | {
      readonly state: "known";
      /** When the pods were asked. */
      readonly at: Date;
      readonly pods: number;
      readonly catalogs: readonly (CacheFigures & { readonly name: string })[];
    };

export interface CacheQuestion {
  /** `namespace/name`. */
  readonly cluster: string;
  /** Only those that are ready are asked. */
  readonly pods: readonly PodObject[];
  /** Catalogs that have a cache. */
  readonly catalogs: readonly string[];
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** The seam for tests. */
export interface CacheReader {
  read(question: CacheQuestion): Promise<CacheReading>;
}

/** Pods that are asked at the same time. */
const AT_ONCE = 8;
/** Answers of clusters that are gone are forgotten after this time. */
const FORGET_SECONDS = 600;

interface Answer {
  readonly question: string;
  readonly at: Date;
  readonly reading: CacheReading;
}

/** Keeps the last answer of each cluster for as long as a probe's: passes are more frequent than news. */
export class CachingCacheReader implements CacheReader {
  readonly #answers = new Map<string, Answer>();
  readonly #client: JsonClient;
  readonly #port: number;

  /** `port` is where the servers listen. */
  constructor(client: JsonClient, port = TRINO_PORT) {
    this.#client = client;
    this.#port = port;
  }

  async read({ cluster, pods, catalogs, now, signal }: CacheQuestion): Promise<CacheReading> {
    const ready = pods.filter(isPodReady);
    const question = [...ready.map(({ metadata }) => metadata.uid), ...catalogs].join("\n");
    const last = this.#answers.get(cluster);
    if (last?.question === question && secondsBetween(last.at, now) < PROBE_INTERVAL_SECONDS)
      return last.reading;
    const reading = await this.#ask(ready, { catalogs, now, signal });
    this.#forgetOld(now);
    this.#answers.set(cluster, { question, at: now, reading });
    return reading;
  }

  async #ask(
    pods: readonly PodObject[],
    { catalogs, now, signal }: Pick<CacheQuestion, "catalogs" | "now" | "signal">,
  ): Promise<CacheReading> {
    if (pods.length === 0) return { state: "unknown", message: "no pod is ready" };
    const sums = new Map<string, CacheFigures>();
    for (let first = 0; first < pods.length; first += AT_ONCE) {
      const asked = pods.slice(first, first + AT_ONCE).flatMap((pod) =>
        catalogs.map(async (catalog) => ({
          catalog,
          pod,
          found: await this.#askPod(pod, catalog, signal),
        })),
      );
      for (const { catalog, pod, found } of await Promise.all(asked)) {
        // Part of a sum would look as if the other pods had forgotten theirs.
        if (typeof found === "string")
          return { state: "unknown", message: `pod "${pod.metadata.name}": ${found}` };
        sums.set(catalog, added(sums.get(catalog), found));
      }
    }
    const figures = [...sums].map(([name, sum]) => ({ name, ...sum }));
    return { state: "known", at: now, pods: pods.length, catalogs: figures };
  }

  /** A text says why there are no figures. */
  async #askPod(pod: PodObject, catalog: string, signal: AbortSignal): Promise<CacheFigures | string> {
    const address = podAddress(pod);
    if (address === undefined) return "it has no address";
    const url = `http://${urlHost(address)}:${this.#port}/v1/jmx/mbean/${cacheBean(catalog)}`;
    return readFigures(await this.#client.send(url, { headers: { "x-trino-user": OPERATOR_USER }, signal }));
  }

  #forgetOld(now: Date): void {
    for (const [key, { at }] of this.#answers) {
      if (secondsBetween(at, now) > FORGET_SECONDS) this.#answers.delete(key);
    }
  }
}

/** Where Trino 476 keeps the figures of a catalog's cache; Trino says where they are by its source, not by its documentation. */
export function cacheBean(catalog: string): string {
  return `io.trino.filesystem.alluxio:type=AlluxioCacheStats,name=${catalog},catalog=${catalog}`;
}

/**
 * Trino counts every read as one of the cache, with 0 bytes when the cache had nothing, and those that the store had to complete as
 * external ones in addition.
 */
function readFigures(answer: JsonAnswer): CacheFigures | string {
  if (!answer.ok) return `Trino does not tell what its cache did: ${answer.message}`;
  const { attributes } = answer.body as { attributes?: readonly { name?: string; value?: unknown }[] };
  const valueOf = (wanted: string): number =>
    Number(attributes?.find(({ name }) => name === wanted)?.value ?? Number.NaN);
  const [reads, misses] = [valueOf("CacheReads.AllTime.Count"), valueOf("ExternalReads.AllTime.Count")];
  const [hitBytes, missBytes] = [valueOf("CacheReads.AllTime.Total"), valueOf("ExternalReads.AllTime.Total")];
  const figures = { hits: Math.max(0, reads - misses), misses, hitBytes, missBytes };
  return Object.values(figures).every(Number.isSafeInteger)
    ? figures
    : "this version of Trino names the figures of its cache otherwise";
}

function added(sum: CacheFigures | undefined, one: CacheFigures): CacheFigures {
  if (sum === undefined) return one;
  return {
    hits: sum.hits + one.hits,
    misses: sum.misses + one.misses,
    hitBytes: sum.hitBytes + one.hitBytes,
    missBytes: sum.missBytes + one.missBytes,
  };
}

function secondsBetween(earlier: Date, later: Date): number {
  return (later.getTime() - earlier.getTime()) / 1000;
}
