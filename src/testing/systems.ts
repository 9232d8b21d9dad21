/** For tests of the controllers that reach outside of Kubernetes: a platform, and systems that live in memory. */
import type { DataPlatform } from "../crds/kinds.ts";
import type { TopicName } from "../naming/topics.ts";
import type { TableIdentifier } from "../naming/tables.ts";
import { formatTable } from "../naming/tables.ts";
import {
  findTerminalError,
  TerminalError,
  findTransientError,
  findWaitingError,
  TransientError,
  WaitingError,
} from "../runtime/errors.ts";
import type { WritePermit } from "../runtime/controller.ts";
import type { TableCatalog } from "../targets/iceberg/catalog.ts";
import type { TableHistory } from "../targets/iceberg/history.ts";
import type { CurrentTable } from "../targets/iceberg/table.ts";
import { carryOut } from "./arbitrary-tables.ts";
import type { TopicAdmin } from "../targets/kafka/admin.ts";
import type { TopicAction } from "../targets/kafka/diff.ts";
import type { TopicActionResult } from "../targets/kafka/execute.ts";
import type { CurrentTopic, TopicConfig, TopicId, TopicIdentity } from "../targets/kafka/topic.ts";
import type { ObjectStore } from "../targets/s3/store.ts";
import type { PresentPlatform } from "../platform/platform.ts";
import { Secret } from "../platform/secret.ts";
import type { SecretKey, SecretRead } from "../platform/secrets.ts";

export const NAMESPACE = "shop";

/** A platform without credentials but the object store's. */
export const PLATFORM: DataPlatform = {
  apiVersion: "openclickstream.io/v1alpha1",
  kind: "DataPlatform",
  metadata: { namespace: NAMESPACE, name: "main" },
  spec: {
    kafka: { bootstrapServers: ["kafka:9092"] },
    storage: {
      endpoint: "http://s3:7070",
      region: "us-east-1",
      bucket: "lake",
      credentialsSecretRef: { name: "s3" },
    },
    catalog: { uri: "http://catalog" },
  },
};

/** A Secret that holds these values. */
export function secretWith(values: Readonly<Record<string, string>>, name = "secret"): SecretRead {
  const wrapped = Object.entries(values).map(([key, value]) => [key, new Secret(value)] as const);
  const editions = new Map(Object.entries(values).map(([key, value]) => [key, `${name}/${key}:${value}`]));
  return { state: "present", values: new Map(wrapped), editions };
}

/** A value that a key of a platform's Secret may have. */
export function valueFor({ key, form }: SecretKey): string {
  if (form === "Certificates") return "-----BEGIN CERTIFICATE-----";
  if (form === "Keytab") return "\u0005\u0002";
  return form === "PrivateKey" ? "-----BEGIN PRIVATE KEY-----" : `value-of-${key}`;
}

/** `PLATFORM` with its Secret. */
export const PRESENT: PresentPlatform = {
  state: "present",
  key: { namespace: NAMESPACE, name: "main" },
  spec: PLATFORM.spec,
  identities: {},
  secrets: new Map([["s3", secretWith({ accessKeyId: "access-key", secretAccessKey: "secret-key" })]]),
};

/** A refusal as data: class, reason, message and field, for golden files. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  const terminal = findTerminalError(error);
  if (terminal !== undefined) {
    const { reason, message, field } = terminal;
    return { class: "terminal", reason, message, ...(field !== undefined && { field }) };
  }
  const waiting = findWaitingError(error);
  if (waiting !== undefined) return { class: "waiting", reason: waiting.reason, message: waiting.message };
  const transient = findTransientError(error);
  if (transient !== undefined)
    return { class: "transient", reason: transient.reason, message: transient.message };
  throw error;
}

/** A fault for one request: before it takes effect, or after, when only the answer is lost. */
export type Outage = "before" | "after" | undefined;

/** A Kafka cluster in memory. Every write can be made to fail. */
export class FakeKafka implements TopicAdmin {
  readonly topics = new Map<TopicName, CurrentTopic>();
  /** Kinds of the actions that took effect, and `delete`. */
  readonly writes: string[] = [];
  /** Asked for every write. */
  outage: () => Outage = () => undefined;
  /** Why the brokers will not carry an action out, whether they are to do it or only to check it. */
  refusal: (action: TopicAction) => Error | undefined = () => undefined;
  isDown = false;
  clusterId: string | undefined = "fake";
  #made = 0;

  async readTopic(name: TopicName): ReturnType<TopicAdmin["readTopic"]> {
    this.#refuseWhenDown();
    return { clusterId: this.clusterId, topic: this.topics.get(name) };
  }

  async execute(actions: readonly TopicAction[], permit: WritePermit): Promise<readonly TopicActionResult[]> {
    this.#refuseWhenDown();
    const results: TopicActionResult[] = [];
    for (const action of actions.length > 1 ? actions : []) {
      const error = this.refusal(action);
      if (error !== undefined) return [{ action, outcome: "failed", error }];
    }
    for (const action of actions) {
      permit.assertMayWrite();
      const error = this.refusal(action);
      if (error !== undefined) return [...results, { action, outcome: "failed", error }];
      const outage = this.outage();
      const created = outage === "before" ? undefined : this.#carryOut(action);
      if (outage !== undefined) {
        results.push({
          action,
          outcome: "failed",
          error: new TransientError("KafkaUnreachable", "no answer"),
        });
        break;
      }
      results.push({ action, outcome: "done", ...(created && { created }) });
    }
    return results;
  }

  async deleteTopic({ id }: TopicIdentity, permit: WritePermit): Promise<boolean> {
    permit.assertMayWrite();
    this.#refuseWhenDown();
    const topic = [...this.topics.values()].find((one) => one.id === id);
    if (this.outage() !== undefined) throw new TransientError("KafkaUnreachable", "no answer");
    if (topic === undefined) return false;
    this.writes.push("delete");
    return this.topics.delete(topic.name);
  }

  readEndOffsets(): Promise<ReadonlyMap<number, bigint>> {
    return Promise.resolve(new Map());
  }

  probe(): ReturnType<TopicAdmin["probe"]> {
    this.#refuseWhenDown();
    return Promise.resolve({ clusterId: this.clusterId, brokers: 1, version: "4.1" });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #refuseWhenDown(): void {
    if (this.isDown) throw new WaitingError("KafkaUnreachable", "Kafka at kafka:9092 is unreachable: down");
  }

  #carryOut(action: TopicAction): CurrentTopic | undefined {
    this.writes.push(action.kind);
    const before = this.topics.get(action.topic);
    if (action.kind === "create-topic") {
      if (before !== undefined) throw new WaitingError("NotSettled", "TOPIC_ALREADY_EXISTS");
      this.#made += 1;
      const topic: CurrentTopic = {
        name: action.topic,
        id: `topic-${this.#made}` as TopicId,
        partitions: action.partitions,
        replicationFactor: action.replicationFactor ?? 1,
        configs: Object.entries(action.configs).map(([name, value]) => topicConfig(name, value)),
      };
      this.topics.set(action.topic, topic);
      return topic;
    }
    if (before === undefined) throw new WaitingError("NotSettled", "UNKNOWN_TOPIC_OR_PARTITION");
    this.topics.set(action.topic, changeTopic(before, action));
    return undefined;
  }
}

function changeTopic(
  topic: CurrentTopic,
  action: Exclude<TopicAction, { kind: "create-topic" }>,
): CurrentTopic {
  if (action.kind === "add-partitions") return { ...topic, partitions: action.to };
  const touched = new Set([...Object.keys(action.set), ...action.unset]);
  const kept = topic.configs.filter((config) => !touched.has(config.name));
  return {
    ...topic,
    configs: [...kept, ...Object.entries(action.set).map(([name, value]) => topicConfig(name, value))],
  };
}

/** A config that is set on the topic. */
export function topicConfig(name: string, value: string): TopicConfig {
  return { name, value, source: "topic", valueType: "text" };
}

/** A catalog in memory. Every write can be made to fail. */
export class FakeCatalog implements TableCatalog {
  readonly tables = new Map<string, CurrentTable>();
  /** Snapshots by `database.table`. */
  readonly histories = new Map<string, TableHistory>();
  /** `create`, `drop`, and the kinds of the changes that took effect. */
  readonly writes: string[] = [];
  /** Asked for every write. */
  outage: () => Outage = () => undefined;
  #made = 0;

  async readTable(identifier: TableIdentifier): Promise<CurrentTable | undefined> {
    return this.tables.get(formatTable(identifier));
  }

  async readHistory(identifier: TableIdentifier): Promise<TableHistory | undefined> {
    return this.histories.get(formatTable(identifier));
  }

  async findTable(uuid: string): Promise<string | undefined> {
    return [...this.tables].find(([, table]) => table.uuid === uuid)?.[0];
  }

  async createTable(
    ...[action, { permit, occupantOf }]: Parameters<TableCatalog["createTable"]>
  ): Promise<CurrentTable> {
    permit.assertMayWrite();
    const { location } = action;
    const place = location.kind === "exact" ? location.url : location.fallback;
    const occupant = await occupantOf(place);
    if (occupant !== undefined && location.kind === "exact")
      throw new TerminalError("ResourceConflict", `the table would lie at ${place}, where ${occupant}`);
    const key = formatTable(action.identifier);
    return this.#write(["create"], () => {
      if (this.tables.has(key)) throw new WaitingError("NotSettled", "AlreadyExistsException");
      this.#made += 1;
      const made = { ...carryOut(undefined, action), uuid: `table-${this.#made}` };
      const table = occupant === undefined ? made : { ...made, location: `${place}-${made.uuid}` };
      this.tables.set(key, table);
      return table;
    });
  }

  async changeTable(
    table: CurrentTable,
    { actions, permit }: Parameters<TableCatalog["changeTable"]>[1],
  ): Promise<CurrentTable> {
    permit.assertMayWrite();
    return this.#write(
      actions.map((action) => action.kind),
      () => {
        const key = formatTable(table.identifier);
        if (this.tables.get(key) !== table) throw new WaitingError("NotSettled", "CommitFailedException");
        const changed = actions.reduce<CurrentTable>(carryOut, table);
        this.tables.set(key, changed);
        return changed;
      },
    );
  }

  /** Somebody renames a table. */
  rename(from: string, to: string): void {
    const table = this.tables.get(from);
    if (table === undefined) throw new Error(`there is no table ${from}`);
    this.tables.delete(from);
    this.tables.set(to, table);
  }

  async dropTable(
    identifier: TableIdentifier,
    { purges, permit }: Parameters<TableCatalog["dropTable"]>[1],
  ): Promise<boolean> {
    permit.assertMayWrite();
    return this.#write([purges ? "drop" : "drop without files"], () =>
      this.tables.delete(formatTable(identifier)),
    );
  }

  probe(): ReturnType<TableCatalog["probe"]> {
    return Promise.resolve({ prefix: "main", isNessie: false, identity: "fake main" });
  }

  abilities(): ReturnType<TableCatalog["abilities"]> {
    return Promise.resolve({ snapshotExpiry: "True", branches: "True" });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #write<Result>(kinds: readonly string[], effect: () => Result): Result {
    const outage = this.outage();
    if (outage === "before") throw new TransientError("CatalogUnreachable", "no answer");
    const result = effect();
    this.writes.push(...kinds);
    if (outage === "after") throw new TransientError("CatalogUnreachable", "no answer");
    return result;
  }
}

/** A bucket in memory. */
export class FakeBucket implements ObjectStore {
  readonly keys = new Set<string>();
  readonly contents = new Map<string, string>();
  /** `write` and `delete` of single objects, with their keys. */
  readonly writes: string[] = [];
  /** Why no object can be written. */
  refusal: Error | undefined;
  outage: () => Outage = () => undefined;

  probe(): ReturnType<ObjectStore["probe"]> {
    return Promise.resolve({ server: "fake", identity: "s3://lake at fake" });
  }

  async *listKeys(prefix: string): AsyncGenerator<readonly string[]> {
    yield [...this.keys].filter((key) => key.startsWith(prefix));
  }

  /** Stores a file of metadata, as a catalog does when a table is made. */
  putMetadata(key: string, uuid: string): void {
    this.keys.add(key);
    this.contents.set(key, JSON.stringify({ "format-version": 2, "table-uuid": uuid }));
  }

  async readStart(key: string): Promise<Uint8Array | undefined> {
    return this.keys.has(key) ? Buffer.from(this.contents.get(key) ?? "") : undefined;
  }

  async readText(key: string): Promise<string | undefined> {
    return this.keys.has(key) ? this.contents.get(key) : undefined;
  }

  async writeText(...[{ key, text }, permit]: Parameters<ObjectStore["writeText"]>): Promise<void> {
    permit.assertMayWrite();
    if (this.refusal !== undefined) throw this.refusal;
    this.keys.add(key);
    this.contents.set(key, text);
    this.writes.push(`write ${key}`);
  }

  async deleteObject(key: string, permit: WritePermit): Promise<void> {
    permit.assertMayWrite();
    if (this.keys.delete(key)) this.writes.push(`delete ${key}`);
  }

  async deletePrefix(prefix: string, permit: WritePermit): Promise<number> {
    permit.assertMayWrite();
    if (this.outage() === "before") throw new TransientError("StorageUnreachable", "503 SlowDown");
    const found = [...this.keys].filter((key) => key.startsWith(prefix));
    for (const key of found) this.keys.delete(key);
    if (this.outage() === "after") throw new TransientError("StorageUnreachable", "no answer");
    return found.length;
  }

  close(): void {
    // Nothing is open.
  }
}
