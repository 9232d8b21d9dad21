/** The connections to the systems of all platforms: made when first used, kept while settings stay, closed when they change. */
import { createHash } from "node:crypto";
import { formatKey } from "../api/objects.ts";
import type { AirflowSettings } from "../platform/airflow.ts";
import { requireAirflow } from "../platform/airflow.ts";
import type { CatalogSettings } from "../platform/catalog.ts";
import { requireCatalog } from "../platform/catalog.ts";
import type { HBaseSettings } from "../platform/hbase.ts";
import { requireHBase } from "../platform/hbase.ts";
import type { KafkaSettings } from "../platform/kafka.ts";
import { requireKafka } from "../platform/kafka.ts";
import type { LineageSettings } from "../platform/lineage.ts";
import { requireLineage } from "../platform/lineage.ts";
import type { PlatformReader, PlatformState } from "../platform/platform.ts";
import { Secret } from "../platform/secret.ts";
import type { StorageSettings } from "../platform/storage.ts";
import { requireStorage } from "../platform/storage.ts";
import { AirflowClient } from "./airflow/client.ts";
import type { AirflowServer } from "./airflow/server.ts";
import { createAirflowServer } from "./airflow/server.ts";
import type { ServingTables } from "./hbase/tables.ts";
import { createServingTables } from "./hbase/tables.ts";
import type { TableCatalog } from "./iceberg/catalog.ts";
import { createTableCatalog } from "./iceberg/catalog.ts";
import { createCatalogClient } from "./iceberg/client.ts";
import type { TopicAdmin } from "./kafka/admin.ts";
import { createTopicAdmin } from "./kafka/admin.ts";
import { createKafkaClient } from "./kafka/client.ts";
import type { LineageReceiver } from "./openlineage/receiver.ts";
import { createLineageReceiver } from "./openlineage/receiver.ts";
import { createStorageClient } from "./s3/client.ts";
import type { ObjectStore } from "./s3/store.ts";
import { createObjectStore } from "./s3/store.ts";

/** How connections are made; tests give others. */
interface ConnectionFactory {
  kafka(settings: KafkaSettings): TopicAdmin;
  storage(settings: StorageSettings): ObjectStore;
  catalog(settings: CatalogSettings): TableCatalog;
  airflow(settings: AirflowSettings): AirflowServer;
  lineage(settings: LineageSettings): LineageReceiver;
  hbase(settings: HBaseSettings): ServingTables;
}

/** The connections of a process. Each throws like `requireKafka` and its like where the platform lacks the settings. */
export interface SystemClients {
  kafka(platform: PlatformState): TopicAdmin;
  storage(platform: PlatformState): ObjectStore;
  /** Another bucket of the same S3 service. */
  otherBucket(platform: PlatformState, bucket: string): ObjectStore;
  catalog(platform: PlatformState): TableCatalog;
  airflow(platform: PlatformState): AirflowServer;
  lineage(platform: PlatformState): LineageReceiver;
  hbase(platform: PlatformState): ServingTables;
  closeAll(): Promise<void>;
}

/** How a controller reaches the systems of platforms. */
export interface SystemAccess {
  readonly platforms: PlatformReader;
  readonly clients: SystemClients;
}

/** The real connections. HBase is reached through its administration, whose base address is given. */
export function realConnections(hbaseAdminUrl: string): ConnectionFactory {
  return {
    kafka: (settings) => createTopicAdmin(createKafkaClient(settings)),
    storage: (settings) => createObjectStore(createStorageClient(settings)),
    catalog: (settings) => createTableCatalog(createCatalogClient(settings)),
    airflow: (settings) => createAirflowServer(new AirflowClient(settings)),
    lineage: (settings) => createLineageReceiver(settings),
    hbase: (settings) => createServingTables(settings, hbaseAdminUrl),
  };
}

/** Makes the connections of a process. `now` is in milliseconds and never goes back. */
export function createSystemClients(
  factory: ConnectionFactory,
  now: () => number = () => performance.now(),
): SystemClients {
  const kafka = new Connections((settings: KafkaSettings) => factory.kafka(settings), now);
  const storage = new Connections((settings: StorageSettings) => factory.storage(settings), now);
  const otherBuckets = new Connections((settings: StorageSettings) => factory.storage(settings), now);
  const catalog = new Connections((settings: CatalogSettings) => factory.catalog(settings), now);
  const airflow = new Connections((settings: AirflowSettings) => factory.airflow(settings), now);
  const lineage = new Connections((settings: LineageSettings) => factory.lineage(settings), now);
  const hbase = new Connections((settings: HBaseSettings) => factory.hbase(settings), now);
  return {
    kafka: (platform) => kafka.of(platform, requireKafka(platform)),
    storage: (platform) => storage.of(platform, requireStorage(platform)),
    otherBucket: (platform, bucket) =>
      otherBuckets.of(
        { key: { ...platform.key, name: `${platform.key.name}/${bucket}` } },
        { ...requireStorage(platform), bucket },
      ),
    catalog: (platform) => catalog.of(platform, requireCatalog(platform)),
    airflow: (platform) => airflow.of(platform, requireAirflow(platform)),
    lineage: (platform) => lineage.of(platform, requireLineage(platform)),
    hbase: (platform) => hbase.of(platform, requireHBase(platform)),
    closeAll: async () => {
      const all = [kafka, storage, otherBuckets, catalog, airflow, lineage, hbase];
      await Promise.all(all.map((connections) => connections.closeAll()));
    },
  };
}

/** A connection that nobody asked for in this time is closed. Longer than the resync. */
const IDLE_LIFE_MS = 600_000;

interface Closeable {
  close(): void | Promise<void>;
}

interface Held<Client extends Closeable> {
  readonly fingerprint: string;
  readonly client: Client;
  usedAt: number;
}

/** The connections to one kind of system, one a platform. */
class Connections<Settings, Client extends Closeable> {
  readonly #create: (settings: Settings) => Client;
  readonly #now: () => number;
  readonly #held = new Map<string, Held<Client>>();

  constructor(create: (settings: Settings) => Client, now: () => number) {
    this.#create = create;
    this.#now = now;
  }

  /** The connection held, or a new one in its place when the settings changed. Requests that still run on the old one fail and are tried again. */
  of(platform: Pick<PlatformState, "key">, settings: Settings): Client {
    const now = this.#now();
    this.#closeIdle(now);
    const id = formatKey(platform.key);
    const print = fingerprint(settings);
    const held = this.#held.get(id);
    if (held?.fingerprint === print) {
      held.usedAt = now;
      return held.client;
    }
    if (held !== undefined) void Promise.allSettled([held.client.close()]);
    const client = this.#create(settings);
    this.#held.set(id, { fingerprint: print, client, usedAt: now });
    return client;
  }

  async closeAll(): Promise<void> {
    const held = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(held.map(async ({ client }) => client.close()));
  }

  #closeIdle(now: number): void {
    for (const [id, { client, usedAt }] of this.#held) {
      if (now - usedAt < IDLE_LIFE_MS) continue;
      this.#held.delete(id);
      void Promise.allSettled([client.close()]);
    }
  }
}

/** Tells settings apart, secrets too. It stays in memory. */
function fingerprint(settings: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(revealed(settings)))
    .digest("hex");
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return ["secret", value.reveal()];
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}
