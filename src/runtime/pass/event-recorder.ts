/** Writes events.k8s.io/v1 Events: in the background, several at a time, repeats as a series. */
import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { REPORTING_CONTROLLER } from "../../naming/marks.ts";
import type { EventType } from "../controller.ts";
import { EventQueue } from "./event-queue.ts";
import { isKubernetesError } from "../http/kubernetes-client.ts";
import type { Leadership } from "../election/leader-election.ts";
import type { RuntimeMetrics } from "../metrics.ts";
import { formatKey, keyOf } from "../../api/objects.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import { resourcePath } from "../http/rest-client.ts";
import type { RestClient } from "../http/rest-client.ts";

export interface EventRecorder {
  /** Records an Event about an object. Never throws, never waits. */
  record(about: KubernetesObject, event: EventInput): void;
  /**
   * Records an Event that outlives the object and its namespace: about the operator's own Pod, in its namespace, with the object's name in the text.
   * Like `record` otherwise; without a namespace of the operator nothing is recorded.
   */
  recordAtHome(about: KubernetesObject, event: EventInput): void;
  /** Resolves when a pass may begin: at once, or within seconds when very many Events wait to be written. */
  room(): Promise<void>;
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
  /** Namespace of the Pod, where it runs in one. */
  readonly home?: string;
}

const EVENTS: ResourceType = { group: "events.k8s.io", version: "v1", kind: "Event", plural: "events" };
const MAX_NOTE_LENGTH = 1024;

/** Repeats within this time become a series of one Event. */
const SERIES_WINDOW_MS = 10 * 60_000;
/** The count of a series is written at most so often. */
const SERIES_WRITE_INTERVAL_MS = 30_000;
const MAX_REMEMBERED = 2000;
/** Pauses before an Event is tried again that the API server had no time for; what it asks for instead, up to the last of these. */
const BUSY_PAUSES_MS: readonly number[] = [500, 2000, 8000];

interface Series {
  readonly name: string;
  readonly namespace: string;
  count: number;
  lastAt: number;
  writtenAt: number;
}

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const remembered = new Map<string, Series>();
  const queue = new EventQueue();

  /** `fail` is called when the Event is not written. */
  const enqueue = (about: KubernetesObject, write: () => Promise<unknown>, fail: () => void): void => {
    const isTaken = queue.add(about.metadata.uid ?? about.metadata.name, async () => {
      try {
        if (await writePatiently(options, write)) return;
      } catch (error) {
        giveUp(options, error);
      }
      fail();
    });
    if (isTaken) return;
    options.metrics.eventsDropped.inc();
    fail();
  };

  const record = (about: KubernetesObject, event: EventInput): void => {
    const id = JSON.stringify([
      about.metadata.uid ?? about.metadata.name,
      event.type,
      event.reason,
      event.message,
    ]);
    const series = repeatOf(remembered, id);
    if (series === undefined) {
      const created = remember(remembered, id, about);
      // A series without its first Event could not be written either: the next one is to be the first.
      const forget = (): void => {
        if (remembered.get(id) === created) remembered.delete(id);
      };
      enqueue(about, () => createEvent(options, created, { about, event }), forget);
    } else if (series.lastAt - series.writtenAt >= SERIES_WRITE_INTERVAL_MS) {
      series.writtenAt = series.lastAt;
      enqueue(
        about,
        () => updateSeries(options, series),
        () => undefined,
      );
    }
  };

  return {
    record,
    recordAtHome(about, event) {
      const { home: namespace, instance: name } = options;
      if (namespace === undefined) return;
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { namespace, name } };
      record(pod, { ...event, message: `${about.kind} "${formatKey(keyOf(about))}": ${event.message}` });
    },
    room: () => queue.room(),
    flush: () => queue.flush(),
  };
}

/** Whether the Event is written: not without the lease. An API server that is too busy is asked again a few times. */
async function writePatiently(
  options: EventRecorderOptions,
  write: () => Promise<unknown>,
): Promise<boolean> {
  for (const pause of [...BUSY_PAUSES_MS, undefined]) {
    if (!options.leadership.isLeading) {
      options.metrics.eventsDropped.inc();
      return false;
    }
    try {
      await write();
      return true;
    } catch (error) {
      // The answer to an earlier try was lost on its way.
      if (isKubernetesError(error, "AlreadyExists")) return true;
      if (pause === undefined || !isKubernetesError(error, "TooManyRequests", "Unavailable")) throw error;
      const asked = (error.retryAfterSeconds ?? 0) * 1000;
      await sleep(Math.min(Math.max(pause, asked), Math.max(...BUSY_PAUSES_MS)));
    }
  }
  return false;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds).unref());
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

/** Events are courtesy: a namespace that is being deleted takes none, and what is refused is not tried twice. */
function giveUp(options: EventRecorderOptions, error: unknown): void {
  options.metrics.eventsDropped.inc();
  if (!isKubernetesError(error, "NamespaceTerminating", "NotFound")) {
    options.logger.warn({ err: error }, "Failed to write an Event");
  }
}

function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}
