/** The connections to the systems of all DataPlatforms: made when first used, kept while settings stay, closed when they change. */
import { createHash } from "node:crypto";
import type { ResourceKey } from "../../runtime/controller.ts";
import { formatKey } from "../../api/objects.ts";
import type { TableCatalog } from "../iceberg/catalog.ts";
import { createTableCatalog } from "../iceberg/catalog.ts";
import { createCatalogClient } from "../iceberg/client.ts";
import type { CatalogSettings } from "../iceberg/settings.ts";
import type { TopicAdmin } from "../kafka/admin.ts";
import { createTopicAdmin } from "../kafka/admin.ts";
import { createKafkaClient } from "../kafka/client.ts";
import type { KafkaSettings } from "../kafka/settings.ts";
import { createStorageClient } from "../s3/client.ts";
import type { StorageSettings } from "../s3/settings.ts";
import type { ObjectStore } from "../s3/store.ts";
import { createObjectStore } from "../s3/store.ts";
import { Secret } from "../secret.ts";
import type { PlatformSettings } from "./settings.ts";

/** Connections to the systems of one platform. */
export interface PlatformConnections {
  readonly kafka: TopicAdmin;
  readonly storage: ObjectStore;
  readonly catalog: TableCatalog;
}

/** How connections are made; tests give others. */
export interface ConnectionFactory {
  kafka(settings: KafkaSettings): TopicAdmin;
  storage(settings: StorageSettings): ObjectStore;
  catalog(settings: CatalogSettings): TableCatalog;
}

/** The connections of a process, as its controllers get them. */
export interface PlatformClients {
  /** The connections for these settings. */
  connect(settings: PlatformSettings): PlatformConnections;
  /** Settings that the platform had not long ago, for cleaning up after it is gone. */
  lastKnown(key: ResourceKey): PlatformSettings | undefined;
  closeAll(): Promise<void>;
}

const REAL_CONNECTIONS: ConnectionFactory = {
  kafka: (settings) => createTopicAdmin(createKafkaClient(settings)),
  storage: (settings) => createObjectStore(createStorageClient(settings)),
  catalog: (settings) => createTableCatalog(createCatalogClient(settings)),
};

/** Connections and settings of a platform that nobody asked for in this time are let go. Longer than the resync. */
const IDLE_LIFE_MS = 600_000;

interface Closeable {
  close(): void | Promise<void>;
}

interface Held<Client extends Closeable> {
  readonly fingerprint: string;
  readonly client: Client;
}

interface PlatformEntry {
  settings: PlatformSettings;
  usedAt: number;
  kafka?: Held<TopicAdmin>;
  storage?: Held<ObjectStore>;
  catalog?: Held<TableCatalog>;
}

/** Makes the one holder of connections of a process. `now` is in milliseconds. */
export function createPlatformClients(
  factory: ConnectionFactory = REAL_CONNECTIONS,
  now: () => number = () => Date.now(),
): PlatformClients {
  return new ClientCache(factory, now);
}

class ClientCache implements PlatformClients {
  readonly #factory: ConnectionFactory;
  readonly #now: () => number;
  readonly #entries = new Map<string, PlatformEntry>();

  constructor(factory: ConnectionFactory, now: () => number) {
    this.#factory = factory;
    this.#now = now;
  }

  connect(settings: PlatformSettings): PlatformConnections {
    this.#dropIdle();
    const key = formatKey(settings.key);
    const entry = this.#entries.get(key) ?? { settings, usedAt: 0 };
    this.#entries.set(key, entry);
    entry.settings = settings;
    entry.usedAt = this.#now();
    const { kafka, storage, catalog } = settings;
    entry.kafka = keep(entry.kafka, fingerprint(kafka), () => this.#factory.kafka(kafka));
    entry.storage = keep(entry.storage, fingerprint(storage), () => this.#factory.storage(storage));
    entry.catalog = keep(entry.catalog, fingerprint(catalog), () => this.#factory.catalog(catalog));
    return { kafka: entry.kafka.client, storage: entry.storage.client, catalog: entry.catalog.client };
  }

  lastKnown(key: ResourceKey): PlatformSettings | undefined {
    return this.#entries.get(formatKey(key))?.settings;
  }

  async closeAll(): Promise<void> {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.flatMap(closeEntry));
  }

  #dropIdle(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#now() - entry.usedAt < IDLE_LIFE_MS) continue;
      this.#entries.delete(key);
      void Promise.allSettled(closeEntry(entry));
    }
  }
}

/** The connection held, or a new one in its place when the settings changed. Requests that still run on the old one fail and are tried again. */
function keep<Client extends Closeable>(
  held: Held<Client> | undefined,
  print: string,
  create: () => Client,
): Held<Client> {
  if (held?.fingerprint === print) return held;
  if (held !== undefined) void Promise.allSettled([held.client.close()]);
  return { fingerprint: print, client: create() };
}

function closeEntry(entry: PlatformEntry): Promise<void>[] {
  const held = [entry.kafka, entry.storage, entry.catalog].filter((one) => one !== undefined);
  return held.map(async ({ client }) => client.close());
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
