/** The runtime's Prometheus metrics. Labels are kinds and closed lists, never names of resources. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

const PREFIX = "openclickstream_";
const SECONDS_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 2, 5, 15, 60];

export type RuntimeMetrics = ReturnType<typeof createMetrics>;

/** Makes all metrics on a registry of their own, so that tests can have several runtimes in one process. */
export function createMetrics(options: { processMetrics?: boolean } = {}) {
  const registry = new Registry();
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry });
  return { registry, ...reconcileMetrics(registry), ...queueMetrics(registry), ...apiMetrics(registry) };
}

function reconcileMetrics(registry: Registry) {
  return {
    passes: counter(registry, {
      name: "reconcile_total",
      help: "Passes by class of result",
      labelNames: ["controller", "result", "reason"],
    }),
    passSeconds: histogram(registry, {
      name: "reconcile_seconds",
      help: "Duration of a pass",
      labelNames: ["controller"],
    }),
    phaseSeconds: histogram(registry, {
      name: "reconcile_phase_seconds",
      help: "Duration of a phase",
      labelNames: ["controller", "phase"],
    }),
    statusWrites: counter(registry, {
      name: "status_writes_total",
      help: "Statuses written because they differed",
      labelNames: ["controller"],
    }),
    leader: gauge(registry, { name: "leader", help: "1 on the replica that writes", labelNames: [] }),
    eventsDropped: counter(registry, {
      name: "events_dropped_total",
      help: "Events that could not be written",
      labelNames: [],
    }),
  };
}

function queueMetrics(registry: Registry) {
  return {
    queueDepth: gauge(registry, {
      name: "queue_depth",
      help: "Keys that are due and wait for a worker",
      labelNames: ["controller"],
    }),
    queueActive: gauge(registry, {
      name: "queue_active",
      help: "Keys being reconciled",
      labelNames: ["controller"],
    }),
    queueDelayed: gauge(registry, {
      name: "queue_delayed",
      help: "Keys with a time for their next pass",
      labelNames: ["controller"],
    }),
    queueWaitSeconds: histogram(registry, {
      name: "queue_wait_seconds",
      help: "From due to started",
      labelNames: ["controller"],
    }),
    oldestPassSeconds: gauge(registry, {
      name: "oldest_pass_seconds",
      help: "Age of the longest running pass; that of a stuck one grows",
      labelNames: ["controller"],
    }),
  };
}

function apiMetrics(registry: Registry) {
  return {
    apiRequests: counter(registry, {
      name: "api_requests_total",
      help: "Requests to the Kubernetes API",
      labelNames: ["verb", "code"],
    }),
    apiRequestSeconds: histogram(registry, {
      name: "api_request_seconds",
      help: "Duration of a request without watches",
      labelNames: ["verb"],
    }),
    watchRestarts: counter(registry, {
      name: "watch_restarts_total",
      help: "Watches opened again, by cause",
      labelNames: ["kind", "cause"],
    }),
    relists: counter(registry, {
      name: "relists_total",
      help: "Full lists, by cause",
      labelNames: ["kind", "cause"],
    }),
    cachedObjects: gauge(registry, {
      name: "cached_objects",
      help: "Objects in the cache",
      labelNames: ["kind"],
    }),
  };
}

interface Definition<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: Label[];
}

function counter<Label extends string>(registry: Registry, definition: Definition<Label>): Counter<Label> {
  return new Counter({ ...definition, name: PREFIX + definition.name, registers: [registry] });
}

function gauge<Label extends string>(registry: Registry, definition: Definition<Label>): Gauge<Label> {
  return new Gauge({ ...definition, name: PREFIX + definition.name, registers: [registry] });
}

function histogram<Label extends string>(
  registry: Registry,
  definition: Definition<Label>,
): Histogram<Label> {
  const name = PREFIX + definition.name;
  return new Histogram({ ...definition, name, buckets: SECONDS_BUCKETS, registers: [registry] });
}
