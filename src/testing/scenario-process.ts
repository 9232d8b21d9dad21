/** For tests: what a process of the operator holds, with one controller, over the servers and systems of a scenario. */
import type { ResourceType } from "../api/objects.ts";
import { dataPlatformKind } from "../crds/kinds.ts";
import { PlatformReader } from "../platform/platform.ts";
import { getSecretsOver, SecretReader } from "../platform/secret-reader.ts";
import { Caches } from "../runtime/cache/caches.ts";
import type { CacheScope } from "../runtime/cache/caches.ts";
import { plainConnection } from "../runtime/http/connection.ts";
import { createRestClient } from "../runtime/http/rest-client.ts";
import { createLogger } from "../runtime/logger.ts";
import { createMetrics } from "../runtime/metrics.ts";
import type { DriverOptions, ReconcileKey } from "../runtime/pass/driver.ts";
import { createEventRecorder } from "../runtime/pass/event-recorder.ts";
import type { EventRecorder } from "../runtime/pass/event-recorder.ts";
import type { SystemAccess } from "../targets/clients.ts";
import { createSystemClients } from "../targets/clients.ts";
import type { FakeApiServer } from "./runtime/fake-api-server.ts";
import type { FakeAirflow } from "./airflow.ts";
import type { FakeLineageReceiver } from "./lineage.ts";
import type { FakeHBase } from "./hbase.ts";
import type { FakeBucket, FakeCatalog, FakeKafka } from "./systems.ts";

/** Where the operator runs. */
export const HOME = "operator-system";

/** What is there whether a process runs or not. */
export interface World {
  readonly api: FakeApiServer;
  readonly kafka: FakeKafka;
  readonly catalog: FakeCatalog;
  readonly bucket: FakeBucket;
  /** Those that are not the one that is meant without a word, by name. */
  readonly otherBuckets: ReadonlyMap<string, FakeBucket>;
  readonly airflow: FakeAirflow;
  readonly lineage: FakeLineageReceiver;
  readonly hbase: FakeHBase;
  readonly leadership: { readonly isLeading: boolean };
  /** The present time, which tests move. */
  readonly now: Date;
}

/** What main gives to a controller. */
export interface ScenarioSystems extends SystemAccess {
  readonly secrets: SecretReader;
}

/** A controller whose types are forgotten. */
export interface AnyController {
  readonly kind: ResourceType;
  readonly watches: readonly CacheScope[];
  readonly reconcilerWith: (options: DriverOptions) => ReconcileKey;
}

export type CreateController = (systems: ScenarioSystems) => AnyController;

/** What lives and dies with a process of the operator. */
export interface Process {
  readonly controller: AnyController;
  readonly platforms: PlatformReader;
  readonly caches: Caches;
  readonly events: EventRecorder;
  readonly reconcile: ReconcileKey;
  stop(): Promise<void>;
}

/** A process that works in a scenario from now on; its caches are to be waited for. */
export function startProcess(world: World, create: CreateController): Process {
  const connection = plainConnection(world.api.url);
  const metrics = createMetrics();
  const logger = createLogger("silent");
  const rest = createRestClient(connection, metrics);
  const { leadership } = world;
  const clock = (): number => world.now.getTime();
  const secrets = new SecretReader({
    get: getSecretsOver(rest),
    editionKey: async () => Buffer.from("a key"),
    now: clock,
  });
  const platforms = new PlatformReader(secrets, clock);
  const controller = create({
    secrets,
    platforms,
    clients: createSystemClients({
      kafka: () => world.kafka,
      storage: ({ bucket }) => world.otherBuckets.get(bucket) ?? world.bucket,
      catalog: () => world.catalog,
      airflow: () => world.airflow,
      lineage: () => world.lineage,
      hbase: () => world.hbase,
    }),
  });
  const { kind, watches } = controller;
  const caches = new Caches({ rest, metrics, logger }, []);
  for (const scope of [{ type: kind }, { type: dataPlatformKind }, ...watches]) {
    caches.watch(scope, () => undefined);
  }
  const events = createEventRecorder({ rest, leadership, metrics, logger, instance: "test", home: HOME });
  const stopping = new AbortController();
  const fieldManager = `test-${kind.kind.toLowerCase()}`;
  const reconcile = controller.reconcilerWith({
    access: { rest, caches, leadership, fieldManager },
    events,
    metrics,
    logger,
    resyncSeconds: 120,
    stopSignal: stopping.signal,
    now: () => world.now,
  });
  caches.start();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await caches.stop();
    await connection.close();
  };
  return { controller, platforms, caches, events, reconcile, stop };
}
