/** Writes events.k8s.io/v1 Events: in the background, aggregated, never in the way of a pass. */
import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import type { EventType } from "../controller.ts";
import { isKubernetesError } from "../http/kubernetes-client.ts";
import type { Leadership } from "../election/leader-election.ts";
import type { RuntimeMetrics } from "../metrics.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import { resourcePath } from "../http/rest-client.ts";
import type { RestClient } from "../http/rest-client.ts";

export interface EventRecorder {
  /** Records an Event about an object. Never throws, never waits. */
  record(about: KubernetesObject, event: EventInput): void;
  /** Resolves when everything recorded so far is written or given up. */
  flush(): Promise<void>;
}

export interface EventInput {
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  /** What was being done: `Reconcile`, `Delete`. */
  readonly action: string;
}

export interface EventRecorderOptions {
  readonly rest: RestClient;
  readonly leadership: Leadership;
  readonly metrics: RuntimeMetrics;
  readonly logger: Logger;
  /** Name of the Pod. */
  readonly instance: string;
}

const EVENTS: ResourceType = { group: "events.k8s.io", version: "v1", kind: "Event", plural: "events" };
const REPORTING_CONTROLLER = "openclickstream.io/operator";
const MAX_NOTE_LENGTH = 1024;

/** Repeats within this time become a series of one Event. */
const SERIES_WINDOW_MS = 10 * 60_000;
/** The count of a series is written at most so often. */
const SERIES_WRITE_INTERVAL_MS = 30_000;
const MAX_REMEMBERED = 2000;
const MAX_PENDING = 500;

interface Series {
  readonly name: string;
  readonly namespace: string;
  count: number;
  lastAt: number;
  writtenAt: number;
}

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const remembered = new Map<string, Series>();
  let tail = Promise.resolve();
  let pending = 0;

  const enqueue = (write: () => Promise<unknown>): void => {
    if (pending >= MAX_PENDING || !options.leadership.isLeading) {
      options.metrics.eventsDropped.inc();
      return;
    }
    pending += 1;
    tail = tail.then(write).then(
      () => void (pending -= 1),
      (error: unknown) => {
        pending -= 1;
        giveUp(options, error);
      },
    );
  };

  return {
    record(about, event) {
      const id = JSON.stringify([about.metadata.uid, event.type, event.reason, event.message]);
      const series = repeatOf(remembered, id);
      if (series === undefined) {
        const created = remember(remembered, id, about);
        enqueue(() => createEvent(options, created, { about, event }));
      } else if (series.lastAt - series.writtenAt >= SERIES_WRITE_INTERVAL_MS) {
        series.writtenAt = series.lastAt;
        enqueue(() => updateSeries(options, series));
      }
    },
    flush: () => tail,
  };
}

/** The running series that this Event repeats, counted up. */
function repeatOf(remembered: Map<string, Series>, id: string): Series | undefined {
  const series = remembered.get(id);
  if (series === undefined || Date.now() - series.lastAt > SERIES_WINDOW_MS) return undefined;
  series.count += 1;
  series.lastAt = Date.now();
  return series;
}

function remember(remembered: Map<string, Series>, id: string, about: KubernetesObject): Series {
  const now = Date.now();
  const series: Series = {
    name: `${about.metadata.name.slice(0, 200)}.${randomUUID().replaceAll("-", "").slice(0, 16)}`,
    namespace: about.metadata.namespace ?? "default",
    count: 1,
    lastAt: now,
    writtenAt: now,
  };
  remembered.delete(id);
  remembered.set(id, series);
  if (remembered.size > MAX_REMEMBERED) {
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest);
      break;
    }
  }
  return series;
}

function createEvent(
  options: EventRecorderOptions,
  series: Series,
  subject: { readonly about: KubernetesObject; readonly event: EventInput },
): Promise<unknown> {
  const { about, event } = subject;
  return options.rest.json({
    verb: "create",
    path: resourcePath(EVENTS, { namespace: series.namespace }),
    body: {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { name: series.name, namespace: series.namespace },
      eventTime: microTime(series.lastAt),
      reportingController: REPORTING_CONTROLLER,
      reportingInstance: options.instance.slice(0, 128),
      action: event.action,
      reason: event.reason,
      type: event.type,
      note: event.message.slice(0, MAX_NOTE_LENGTH),
      regarding: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name: about.metadata.name,
        namespace: about.metadata.namespace,
        uid: about.metadata.uid,
        resourceVersion: about.metadata.resourceVersion,
      },
    },
  });
}

function updateSeries(options: EventRecorderOptions, series: Series): Promise<unknown> {
  return options.rest.json({
    verb: "patch",
    path: resourcePath(EVENTS, { namespace: series.namespace, name: series.name }),
    body: { series: { count: series.count, lastObservedTime: microTime(series.lastAt) } },
  });
}

/** Events are courtesy: a namespace that is being deleted takes none, and nothing is tried twice. */
function giveUp(options: EventRecorderOptions, error: unknown): void {
  options.metrics.eventsDropped.inc();
  if (!isKubernetesError(error, "NamespaceTerminating", "NotFound")) {
    options.logger.warn({ err: error }, "Failed to write an Event");
  }
}

function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}
