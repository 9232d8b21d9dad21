/** What a page in a browser sends to: collectors as processes, a Kafka behind them, and sites whose pages do the sending. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admin, Consumer, stringDeserializers } from "@platformatic/kafka";
import { goBuild } from "../../local/support/go-build.ts";
import { checkoutFolder } from "../../local/support/checkout.ts";
import { until } from "../../src/testing/until.ts";
import { startKafka } from "../support/engines.ts";
import { freePorts, startProgram } from "../support/process.ts";

/** A raw record, its headers as text. */
export interface RawRecord {
  readonly event: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Addresses, without a path, that a page or a script may name. */
export interface Sites {
  /** Its pages have a collector under their own address, behind a proxy. */
  readonly shop: string;
  /** Has nothing in common with the shop. */
  readonly other: string;
  /** A collector of the shop's site that lets pages of the shop's site, and of the other one, read answers. */
  readonly listed: string;
  /** A collector on the shop's site that lets every page read answers. */
  readonly open: string;
  /** A collector without a Kafka. */
  readonly away: string;
}

const topic = "raw";
const proxiedClient = "198.51.100.7";

/** Functions of every page. Each returns once its browser knows what became of the request, if it ever does. */
const page = `<!doctype html><title>A page</title><link rel="icon" href="data:,"><script>
const send = {
  async fetch(url, body, options) {
    try {
      const answer = await fetch(url, { method: "POST", body, ...options });
      return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get("Retry-After") };
    } catch (error) {
      return { refused: String(error) };
    }
  },
  async packed(url, body) {
    const packed = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
    return send.fetch(url, await new Response(packed).blob());
  },
  beacon: (url, body, type) => navigator.sendBeacon(url, type === undefined ? body : new Blob([body], { type })),
  form: (url, data) => navigator.sendBeacon(url, new URLSearchParams({ data })),
  beaconAtTheEnd(url, body) { addEventListener("pagehide", () => navigator.sendBeacon(url, body)); },
  pixel: (url) => new Promise((resolve) => {
    const picture = new Image();
    picture.onload = () => resolve("shown");
    picture.onerror = () => resolve("broken");
    picture.src = url;
  }),
};
</script>`;

/** Everything that the tests stand on; `stop` ends it. */
export class Surroundings {
  readonly sites: Sites;
  readonly records: RawRecord[] = [];
  readonly #directory: string;
  readonly #ends: (() => Promise<unknown>)[] = [];

  private constructor(sites: Sites, directory: string) {
    this.sites = sites;
    this.#directory = directory;
  }

  static async start(): Promise<Surroundings> {
    const directory = await mkdtemp(join(tmpdir(), "openclickstream-browser-"));
    const [pages = 0, listed = 0, open = 0, away = 0] = await freePorts(4);
    const sites = {
      shop: `http://www.shop.localhost:${pages}`,
      other: `http://www.other.localhost:${pages}`,
      listed: `http://collect.shop.localhost:${listed}`,
      open: `http://collect.shop.localhost:${open}`,
      away: `http://collect.shop.localhost:${away}`,
    };
    const surroundings = new Surroundings(sites, directory);
    try {
      await surroundings.#startAll({ pages, listed, open, away });
    } catch (error) {
      await surroundings.stop();
      throw error;
    }
    return surroundings;
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.toReversed()) await end();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** The records whose event has the text in it, once there are as many. */
  async recordsOf(text: string, count = 1): Promise<readonly RawRecord[]> {
    const found = (): RawRecord[] => this.records.filter(({ event }) => event.includes(text));
    await until(
      () => found().length >= count,
      () => `${count} records with ${text}, there are ${found().length}`,
      30_000,
    );
    return found();
  }

  async #startAll(ports: Record<"pages" | "listed" | "open" | "away", number>): Promise<void> {
    const program = join(this.#directory, "collector");
    const [kafka] = await Promise.all([
      startKafka({ directory: join(this.#directory, "kafka"), report: console.log }),
      goBuild(
        {
          title: "the collector",
          module: join(checkoutFolder, "go"),
          package: "./cmd/collector",
          output: program,
        },
        console.log,
      ),
    ]);
    this.#ends.push(kafka.stop);
    await this.#follow(kafka.address);
    const origins = `http://*.shop.localhost:${ports.pages},http://www.other.localhost:${ports.pages}`;
    const collectors = [
      { port: ports.listed, kafka: kafka.address, origins },
      { port: ports.open, kafka: kafka.address, origins: "*" },
      { port: ports.away, kafka: "127.0.0.1:1", origins },
    ];
    for (const collector of collectors) await this.#startCollector(program, collector);
    await this.#servePages(ports.pages, ports.listed);
  }

  async #startCollector(
    program: string,
    of: { readonly port: number; readonly kafka: string; readonly origins: string },
  ): Promise<void> {
    const [internal = 0] = await freePorts(1);
    const { stop } = await startProgram({
      name: "the collector",
      command: [program],
      env: {
        KAFKA_BOOTSTRAP_SERVERS: of.kafka,
        KAFKA_TOPIC: topic,
        LISTEN_ADDRESS: `127.0.0.1:${of.port}`,
        INTERNAL_ADDRESS: `127.0.0.1:${internal}`,
        CORS_ORIGINS: of.origins,
        DRAIN_DELAY_SECONDS: "0",
      },
      logFile: join(this.#directory, `collector-${of.port}.log`),
      deadlineSeconds: 60,
      isReady: async () => {
        const path = of.kafka === "127.0.0.1:1" ? "healthz" : "readyz";
        return (await fetch(`http://127.0.0.1:${internal}/${path}`)).ok;
      },
    });
    this.#ends.push(stop);
  }

  /** Serves the page for every host, and passes on what is for the collector as a proxy of the shop does. */
  async #servePages(port: number, collectorPort: number): Promise<void> {
    const server = createServer((request, response) => {
      if (request.url?.startsWith("/v1/") === true) passOn(request, response, collectorPort);
      else response.writeHead(200, { "Content-Type": "text/html" }).end(page);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    this.#ends.push(async () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
  }

  async #follow(address: string): Promise<void> {
    // A Kafka that has just started makes its coordinators of groups first.
    const client = { clientId: "looks", bootstrapBrokers: [address], retries: 60, retryDelay: 500 };
    const admin = new Admin(client);
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    await admin.close();
    const consumer = new Consumer({ ...client, groupId: "looks", deserializers: stringDeserializers });
    this.#ends.push(async () => consumer.close(true));
    const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false });
    stream.on("data", ({ value, headers }) => {
      this.records.push({ event: value, headers: Object.fromEntries(headers) });
    });
  }
}

function passOn(request: IncomingMessage, response: ServerResponse, port: number): void {
  const headers = { ...request.headers, "x-forwarded-for": proxiedClient };
  const { method, url } = request;
  const asked = forward({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  asked.on("error", () => response.writeHead(502).end());
  request.pipe(asked);
}
