/** The seam between the runtime and the kinds: a controller is six phases and a list of watches; it holds no loop. */
import type { Logger } from "pino";
import type { CommonStatus, ConditionInput } from "../api/conditions.ts";
import type { ObjectChange } from "./cache/object-store.ts";
import type { KubernetesClient, ObjectReader } from "./http/kubernetes-client.ts";
import type { KubernetesObject, ResourceKey, ResourceType } from "../api/objects.ts";
import type { Reason } from "../api/reasons.ts";

export type { ObjectChange } from "./cache/object-store.ts";
export type { ObjectIndex } from "./cache/object-index.ts";
export type { KubernetesClient, ObjectReader } from "./http/kubernetes-client.ts";
export type { KubernetesObject, ResourceKey, ResourceType } from "../api/objects.ts";

/** A custom resource of ours. Cached objects are frozen views shared by all readers: never change one. */
export interface CustomResource<Spec, Status extends CommonStatus> extends KubernetesObject {
  readonly spec: Spec;
  readonly status?: Status;
}

/** Another kind whose changes wake keys of the controller's kind. Its objects are readable through `context.kubernetes.cached`. */
export interface SecondaryWatch {
  readonly type: ResourceType;
  /** Label selector of the API (`a=b,c`); only what matches is listed, watched and cached. */
  readonly labelSelector?: string;
  /** Whether a change is worth a pass of anybody; default: every one is. Must be quick and pure. */
  isNews?(change: ObjectChange): boolean;
  /** Keys of the controller's kind to wake when `object` was added, changed or deleted. Must be quick and pure. */
  toKeys(object: KubernetesObject, cache: ObjectReader): readonly ResourceKey[];
}

/** What every request that changes something outside must ask right before it is sent. */
export interface WritePermit {
  /** Aborted when leadership is lost, the process stops or the pass exceeds its time. */
  readonly signal: AbortSignal;
  /** Throws when this replica may not write any more. It looks at the clock: the timers of a process that was frozen are late. */
  readonly assertMayWrite: () => void;
}

/** What a phase may use of the world. Clients of external systems a controller gets where it is made. */
export interface ReconcileContext extends WritePermit {
  /** Child logger of the pass with controller, kind, namespace, name, generation and reconcileId. */
  readonly logger: Logger;
  now(): Date;
  readonly kubernetes: KubernetesClient;
  /** No message, Event or log line of the pass shows these values from now on. The values of Secrets that the pass itself reads are hidden anyway. */
  hide(values: Iterable<string>): void;
  /** An Event about the resource, for transitions only (drift corrected, topic recreated, …). Never throws, never waits. */
  recordEvent(type: EventType, reason: Reason, message: string): void;
  /** Whether the resource's namespace is being deleted (one cached read a pass). For `finalize`: a vanished platform must not wedge it. */
  isNamespaceTerminating(): Promise<boolean>;
}

export type EventType = "Normal" | "Warning";

/** How a pass failed, classified and with secrets removed from the message. */
export interface PassError {
  readonly class: "waiting" | "terminal" | "transient";
  readonly reason: Reason;
  readonly message: string;
  /** The error as it was thrown. */
  readonly cause: unknown;
}

/** What `status` may judge. Phases that did not complete left nothing. The previous status is `resource.status`. */
export interface StatusInput<Resource, Observed, Validated, Plan, Applied> {
  readonly resource: Resource;
  readonly observed?: Observed;
  readonly validated?: Validated;
  readonly plan?: Plan;
  readonly applied?: Applied;
  readonly error?: PassError;
  readonly now: Date;
}

/**
 * The controller's part of the status. The runtime adds Ready, Reconciling, Stalled and observedGeneration. Without an error in the
 * pass the resource is Ready, unless `waiting` or `terminal` says otherwise (terminal wins). An error of the pass wins over all.
 */
export interface StatusResult<Status> {
  readonly status: Omit<Status, "conditions" | "observedGeneration">;
  /** The kind's own conditions, in order. Those not returned disappear. */
  readonly conditions: readonly ConditionInput[];
  /** Message of Ready=True. */
  readonly ready?: { readonly message: string };
  /** Everything was applied, but the resource cannot do its job yet (rollout, children): Ready=False, Reconciling=True. */
  readonly waiting?: {
    readonly reason: Reason;
    readonly message: string;
    readonly retryAfterSeconds?: number;
  };
  /** What was observed or answered needs a person: Ready=False, Stalled=True. */
  readonly terminal?: { readonly reason: Reason; readonly message: string };
  /** Next pass at the latest after this time (probing kinds); else the periodic resync. */
  readonly requeueAfterSeconds?: number;
}

/** One kind's reconcile, as six phases. The runtime drives them in order. Every phase must be safe to run again at any time. */
export interface Controller<
  Resource extends CustomResource<unknown, CommonStatus>,
  Observed,
  Validated,
  Plan,
  Applied,
  Status extends CommonStatus,
> {
  readonly kind: ResourceType;
  /** Passes of this kind at the same time; one key never runs twice at once. */
  readonly concurrency: number;
  readonly watches?: readonly SecondaryWatch[];
  /** All reads. Says `{state: "unknown"}` rather than absent where a read failed. */
  observe(resource: Resource, context: ReconcileContext): Promise<Observed>;
  /** Pure. Throws `TerminalError` or `WaitingError`. */
  validate(resource: Resource, observed: Observed): Validated;
  /** Pure. */
  plan(validated: Validated, observed: Observed, now: Date): Plan;
  apply(plan: Plan, observed: Observed, context: ReconcileContext): Promise<Applied>;
  /**
   * What `apply` would still write, in words; `undefined` when nothing. A paused resource is observed without `apply`, and must not be
   * called ready while its spec is not in effect. Pure.
   */
  outstanding?(plan: Plan, cache: ObjectReader): string | undefined;
  /** Pure; also called after a failed pass, with what there is. */
  status(input: StatusInput<Resource, Observed, Validated, Plan, Applied>): StatusResult<Status>;
  /**
   * Idempotent cleanup of what Kubernetes cannot collect. Returning releases the resource. Throwing keeps it and tries again,
   * but never longer than `ABANDON_AFTER_SECONDS` in a namespace that is being deleted.
   */
  finalize?(resource: Resource, context: ReconcileContext): Promise<void>;
  /** What stays behind when the runtime gives `finalize` up, with its name and id: `topic "shop.raw" (id …) with its records`. */
  describeLeft?(resource: Resource): string;
  /**
   * Whether this resource needs `finalize` now (for instance not with deletionPolicy Retain). `cache` shows its children. Default true if
   * there is a `finalize`.
   */
  needsFinalizer?(resource: Resource, cache: ObjectReader): boolean;
}
