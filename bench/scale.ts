/**
 * How the operator does with many EventStreams (`deletionPolicy: Delete`), against a real API server, etcd and Kafka without a cluster.
 * `SCALE=250,1000` names the sizes, `SCALE_BUNDLE=path` another operator's bundle, `SCALE_REST=seconds` the time of rest.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mustRun } from "../local/support/command.ts";
import { quantile, renderFigures, type Figure } from "./figures.ts";
import { ScaleWorld, STREAMS, type SeenStream } from "./scale-world.ts";

const WARM_UP = 100;
const SAMPLES = 30;
const PHASE_DEADLINE_MS = 900_000;
const LONGEST_WAIT_MS = 1000;
const root = join(import.meta.dirname, "..");

/** Aims of time in seconds at 1,000 streams, and of the creation of more. */
const AIMS: Readonly<Record<string, string>> = {
  "1000 created": "7 s",
  "1000 changed": "6 s",
  "1000 deleted": "5 s",
  "5000 created": "33 s, operator 12 s",
};

export async function measureScale(): Promise<readonly Figure[]> {
  const sizes = (process.env["SCALE"] ?? "250,1000,5000,10000").split(",").map(Number);
  const bundle = process.env["SCALE_BUNDLE"] ?? (await buildBundle());
  const figures: Figure[] = [];
  for (const size of sizes) {
    const directory = await mkdtemp(join(tmpdir(), "openclickstream-scale-"));
    const world = await ScaleWorld.start(directory, bundle);
    try {
      figures.push(...(await new Measurement(world, size).run()));
    } finally {
      await world.stop();
      await rm(directory, { recursive: true, force: true });
    }
  }
  return figures;
}

/** The operator as its image has it. */
export async function buildBundle(): Promise<string> {
  await mustRun("npm", ["run", "--silent", "bundle"], { cwd: root });
  return join(root, "dist", "operator.mjs");
}

class Measurement {
  readonly #world: ScaleWorld;
  readonly #size: number;
  #seen = new Map<string, SeenStream>();
  readonly #figures: Figure[] = [];
  #changed = (): void => undefined;

  constructor(world: ScaleWorld, size: number) {
    this.#world = world;
    this.#size = size;
  }

  async run(): Promise<readonly Figure[]> {
    const watching = new AbortController();
    const watched = this.#world.watch(watching.signal, {
      listed: (streams) => {
        this.#seen = new Map(streams.map((stream) => [stream.metadata.name, stream]));
        this.#changed();
      },
      seen: (type, stream) => {
        if (type === "DELETED") this.#seen.delete(stream.metadata.name);
        else this.#seen.set(stream.metadata.name, stream);
        this.#changed();
      },
    });
    try {
      await this.#measure();
    } finally {
      watching.abort();
      await watched;
    }
    return this.#figures;
  }

  async #measure(): Promise<void> {
    const warmUp = names("warm-up", WARM_UP);
    await this.#create(warmUp);
    await this.#change(warmUp, "7h");
    await this.#delete(warmUp);
    const streams = names("stream", this.#size);
    await this.#phase("created", () => this.#create(streams));
    await this.#phase("changed", () => this.#change(streams, "7h"));
    await this.#samples(streams[Math.floor(this.#size / 2)] ?? "");
    await this.#rest();
    await this.#phase("deleted", () => this.#delete(streams));
  }

  /** Shown at once, so that a run that breaks off has told what it found. */
  #tell(...figures: readonly Figure[]): void {
    console.log(renderFigures(figures));
    this.#figures.push(...figures);
  }

  async #create(streams: readonly string[]): Promise<void> {
    await this.#each(streams, async (name) => this.#world.call("POST", STREAMS, manifest(name)));
    await this.#until(() => streams.every((name) => isReady(this.#seen.get(name), 1)));
  }

  async #change(streams: readonly string[], time: string): Promise<void> {
    await this.#each(streams, async (name) => this.#retain(name, time));
    await this.#until(() => streams.every((name) => isReady(this.#seen.get(name), 2)));
    const wanted = String(Number.parseInt(time, 10) * 3_600_000);
    for (;;) {
      const found = await this.#world.retentions(streams.map(topicOf));
      if (found.every((value) => value === wanted)) return;
      await sleep(50);
    }
  }

  async #delete(streams: readonly string[]): Promise<void> {
    await this.#each(streams, async (name) => this.#world.call("DELETE", `${STREAMS}/${name}`));
    await this.#until(() => streams.every((name) => !this.#seen.has(name)));
  }

  /** One change among all that rest: from the write to the broker and to Ready. */
  async #samples(name: string): Promise<void> {
    const toBroker: number[] = [];
    const toReady: number[] = [];
    for (let nth = 0; nth < SAMPLES; nth += 1) {
      const hours = 24 + nth;
      const beganAt = performance.now();
      const written = (await this.#retain(name, `${hours}h`)) as SeenStream;
      const { generation } = written.metadata;
      const ready = this.#until(() => isReady(this.#seen.get(name), generation)).then(() => {
        toReady.push(performance.now() - beganAt);
      });
      while ((await this.#world.retentions([topicOf(name)]))[0] !== String(hours * 3_600_000)) await sleep(1);
      toBroker.push(performance.now() - beganAt);
      await ready;
    }
    this.#tell(
      { name: `${this.#size} idle, one change, write to broker`, value: halves(toBroker) },
      { name: `${this.#size} idle, one change, write to Ready`, value: halves(toReady), aim: "p50 45 ms" },
    );
  }

  async #rest(): Promise<void> {
    const restSeconds = Number(process.env["SCALE_REST"] ?? "180");
    const before = await this.#world.read();
    await sleep(restSeconds * 1000);
    const after = await this.#world.read();
    const used = after.processes.usedSince(before.processes, "operator");
    this.#tell({
      name: `${this.#size} at rest for ${restSeconds} s`,
      value: `${((used / restSeconds) * 1000).toFixed(1)} millicores; requests: ${after.requests.since(before.requests)}`,
      aim: "under 10 millicores",
    });
  }

  async #phase(name: string, work: () => Promise<void>): Promise<void> {
    const before = await this.#world.read();
    const driverBefore = process.cpuUsage();
    const beganAt = performance.now();
    await work();
    const took = (performance.now() - beganAt) / 1000;
    const after = await this.#world.read();
    const driver = process.cpuUsage(driverBefore);
    const used = (program: Parameters<typeof after.processes.usedSince>[1]): string =>
      after.processes.usedSince(before.processes, program).toFixed(1);
    const others = after.processes.othersSince(before.processes, (driver.user + driver.system) / 1e6);
    const key = `${this.#size} ${name}`;
    const aim = AIMS[key];
    this.#tell({
      name: key,
      value:
        `${took.toFixed(1)} s; processor s: operator ${used("operator")}, API server ${used("apiServer")}, ` +
        `etcd ${used("etcd")}, Kafka ${used("kafka")}; peak ${after.processes.operatorPeakMiB.toFixed(0)} MiB; ` +
        `others ${others.toFixed(1)} cores`,
      ...(aim !== undefined && { aim }),
    });
    const requests = after.requests.since(before.requests);
    this.#tell({ name: `${key}, requests`, value: requests });
  }

  async #retain(name: string, time: string): Promise<unknown> {
    return this.#world.call("PATCH", `${STREAMS}/${name}`, { spec: { retention: { time } } });
  }

  /** As many at a time as the driver has connections. */
  async #each(streams: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
    await Promise.all(streams.map(work));
  }

  /** Waits for what the watch shows. */
  async #until(isDone: () => boolean): Promise<void> {
    const deadline = Date.now() + PHASE_DEADLINE_MS;
    let isLooking = false;
    while (!isDone()) {
      if (Date.now() > deadline) throw new Error(this.#diagnosis());
      const change = Promise.withResolvers<void>();
      this.#changed = change.resolve;
      // A look at all costs a millisecond at 10,000: not after each event of thousands.
      await (isLooking
        ? sleep(Math.min(20, this.#size / 100))
        : Promise.race([change.promise, sleep(LONGEST_WAIT_MS)]));
      isLooking = !isLooking;
    }
  }

  #diagnosis(): string {
    const first = [...this.#seen.values()].slice(0, 3).map((stream) => JSON.stringify(stream));
    return `not done after ${PHASE_DEADLINE_MS / 1000} s; of ${this.#seen.size} streams the first are:\n${first.join("\n")}`;
  }
}

function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, nth) => `${prefix}-${nth}`);
}

function topicOf(name: string): string {
  return `scale.${name}`;
}

function manifest(name: string): object {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "EventStream",
    metadata: { name },
    spec: {
      platformRef: { name: "main" },
      partitions: 1,
      replicationFactor: 1,
      retention: { time: "6h" },
      deletionPolicy: "Delete",
    },
  };
}

function isReady(stream: SeenStream | undefined, generation: number): boolean {
  const ready = stream?.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && (ready.observedGeneration ?? 0) >= generation;
}

function halves(samples: readonly number[]): string {
  return `p50 ${quantile(samples, 0.5).toFixed(0)} ms, p99 ${quantile(samples, 0.99).toFixed(0)} ms`;
}
