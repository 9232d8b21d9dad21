/** One "process" of the operator on a fake API server, whose passes the test runs by hand. */
import { Caches } from "../../runtime/cache/caches.ts";
import { plainConnection } from "../../runtime/http/connection.ts";
import { createReconciler } from "../../runtime/pass/driver.ts";
import type { ReconcileKey } from "../../runtime/pass/driver.ts";
import { createEventRecorder } from "../../runtime/pass/event-recorder.ts";
import type { EventRecorder } from "../../runtime/pass/event-recorder.ts";
import type { Leadership } from "../../runtime/election/leader-election.ts";
import { createLogger } from "../../runtime/logger.ts";
import { createMetrics } from "../../runtime/metrics.ts";
import { formatKey } from "../../api/objects.ts";
import type { KubernetesObject } from "../../api/objects.ts";
import type { NextPass } from "../../runtime/queue/queue.ts";
import { createRestClient } from "../../runtime/http/rest-client.ts";
import type { FakeApiServer } from "./fake-api-server.ts";
import type { FakeObject } from "./fake-store.ts";
import { until } from "../until.ts";
import { CONFIG_MAPS, FakeSystem, WIDGETS, widgetController } from "./widgets.ts";
import type { WidgetPhases } from "./widgets.ts";

export const KEY = { namespace: "ns", name: "w" };
export const WIDGET_ADDRESS = { collection: "example.io/v1/widgets", ...KEY };
export const CONFIG_MAP_ADDRESS = { collection: "v1/configmaps", ...KEY };

export interface HarnessOptions {
  readonly api: FakeApiServer;
  readonly system?: FakeSystem;
  readonly phases?: WidgetPhases;
  readonly passTimeoutSeconds?: number;
}

export class Harness {
  readonly system: FakeSystem;
  readonly leadership: { isLeading: boolean } = { isLeading: true };
  readonly stopping = new AbortController();
  readonly metrics = createMetrics();
  /** Every line that was logged. */
  readonly logged: string[] = [];
  now = new Date("2026-01-01T00:00:00.500Z");
  readonly #api: FakeApiServer;
  readonly #caches: Caches;
  readonly #connection: ReturnType<typeof plainConnection>;
  readonly #events: EventRecorder;
  readonly #reconcile: ReconcileKey;

  constructor(options: HarnessOptions) {
    this.#api = options.api;
    this.system = options.system ?? new FakeSystem();
    this.#connection = plainConnection(options.api.url);
    const { metrics } = this;
    const leadership: Leadership = this.leadership;
    const rest = createRestClient(this.#connection, metrics);
    const logger = createLogger("debug", { write: (line) => void this.logged.push(line) });
    this.#caches = new Caches({ rest, metrics, logger: createLogger("silent") }, []);
    this.#caches.watch({ type: WIDGETS }, () => undefined);
    this.#caches.watch({ type: CONFIG_MAPS, labelSelector: "app=widget" }, () => undefined);
    this.#events = createEventRecorder({ rest, leadership, metrics, logger, instance: "test" });
    this.#reconcile = createReconciler(widgetController(this.system, options.phases), {
      access: { rest, caches: this.#caches, leadership, fieldManager: "test" },
      events: this.#events,
      metrics,
      logger,
      resyncSeconds: 120,
      stopSignal: this.stopping.signal,
      now: () => this.now,
      ...(options.passTimeoutSeconds !== undefined && { passTimeoutSeconds: options.passTimeoutSeconds }),
    });
    this.#caches.start();
  }

  static async start(options: HarnessOptions): Promise<Harness> {
    const harness = new Harness(options);
    await harness.#caches.whenSynced();
    return harness;
  }

  /** One pass, with a cache that is up to date and all Events written. */
  async pass(): Promise<NextPass> {
    await this.settle();
    const next = await this.#reconcile(KEY);
    await this.#events.flush();
    return next;
  }

  /** One pass on whatever the cache holds. */
  passOnStaleCache(): Promise<NextPass> {
    return this.#reconcile(KEY);
  }

  /** Waits until the caches show what the server holds. */
  async settle(): Promise<void> {
    const held = (): string => versions([this.widget, this.#api.store.find(CONFIG_MAP_ADDRESS)]);
    const cached = (): string =>
      versions([this.#caches.cached(WIDGETS, KEY), this.#caches.cached(CONFIG_MAPS, KEY)]);
    await until(
      () => cached() === held(),
      () => `the caches show ${cached()} of ${formatKey(KEY)}, the server holds ${held()}`,
    );
  }

  get widget(): FakeObject | undefined {
    return this.#api.store.find(WIDGET_ADDRESS);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.#caches.stop();
    await this.#connection.close();
  }
}

function versions(objects: readonly (KubernetesObject | undefined)[]): string {
  return objects.map((object) => object?.metadata.resourceVersion ?? "none").join(" and ");
}

/** A Widget as a user would apply it. */
export function putWidget(api: FakeApiServer, size = 3, metadata: object = {}): void {
  api.store.apply(
    WIDGET_ADDRESS,
    { apiVersion: "example.io/v1", kind: "Widget", metadata: { ...KEY, ...metadata }, spec: { size } },
    undefined,
  );
}

/** `reason: note` of every Event, in order. */
export function eventsOf(api: FakeApiServer): string[] {
  return api.writes
    .filter((request) => request.collection === "events.k8s.io/v1/events")
    .map((request) => request.body as { type: string; reason: string; note: string })
    .map((event) => `${event.type} ${event.reason}: ${event.note}`);
}
