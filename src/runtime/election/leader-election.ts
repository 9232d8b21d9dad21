/**
 * One writer among the replicas, by a Lease. Clocks of other machines are not read: a lease is expired when this process has seen
 * it unchanged for its whole duration. A leader stops by itself (`renewDeadline`) before another may begin (`leaseDuration`).
 */
import type { Logger } from "pino";
import { pause, spread } from "../queue/backoff.ts";
import { isKubernetesError } from "../http/kubernetes-client.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import { resourcePath } from "../http/rest-client.ts";
import type { RestClient } from "../http/rest-client.ts";

/** Times in seconds, with client-go's proportions: a renewal has time for several attempts, and a leader stops well before the lease expires. */
export interface LeaseTiming {
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
}

/**
 * Twice client-go's 15 and 10 s: on a small node under full load a single renewal was seen to take 8 s, and giving up the lease costs
 * more than it saves. A stopped leader hands over within `retryPeriod` all the same; only a crash costs the whole duration.
 */
const DEFAULT_LEASE_TIMING: LeaseTiming = { leaseDuration: 30, renewDeadline: 20, retryPeriod: 2 };

export interface LeaderElectionOptions {
  readonly rest: RestClient;
  readonly namespace: string;
  readonly name: string;
  /** Unique to this process, not to the Pod: a restarted container must not mistake its predecessor's lease for its own. */
  readonly identity: string;
  readonly logger: Logger;
  readonly timing?: LeaseTiming;
  /** Called once, when this process becomes the writer. */
  readonly onAcquired: () => void;
  /** Called at most once after `onAcquired`; from then on nothing may be written. The election does not go on. */
  readonly onLost: (reason: string) => void;
}

/** What the runtime needs to know of an election. */
export interface Leadership {
  /** Whether this process may write now. Compares times, so it is right even when timers are late (a stopped process). */
  readonly isLeading: boolean;
}

const RENEWALS_PER_DEADLINE = 4;

const LEASES: ResourceType = { group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases" };

interface Lease extends KubernetesObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export class LeaderElector implements Leadership {
  readonly #options: LeaderElectionOptions;
  readonly #timing: LeaseTiming;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #observed: Lease | undefined;
  /** Until then somebody else may write, as far as this process has seen; also when the lease has vanished meanwhile. */
  #othersUntil = 0;
  #holds = false;
  #validUntil = 0;
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#timing = options.timing ?? DEFAULT_LEASE_TIMING;
  }

  get isLeading(): boolean {
    return this.#holds && performance.now() < this.#validUntil;
  }

  /** Begins to compete. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the competition and gives the lease back, so that another replica takes over within `retryPeriod`. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    clearTimeout(this.#expiry);
    const wasLeading = this.isLeading;
    this.#holds = false;
    if (wasLeading) await this.#release();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { renewDeadline, retryPeriod } = this.#timing;
    while (!signal.aborted) {
      const isRenewed = await this.#attempt();
      // A leader that has just renewed makes no request. A replica that waits, or that failed, asks more often.
      const seconds = isRenewed ? Math.max(renewDeadline / RENEWALS_PER_DEADLINE, retryPeriod) : retryPeriod;
      await pause(spread(seconds, 0.2), signal);
    }
  }

  async #attempt(): Promise<boolean> {
    try {
      return await this.#acquireOrRenew();
    } catch (error) {
      const { isLeading } = this;
      this.#options.logger.warn({ err: error, isLeading }, "Failed to acquire or renew the lease");
      return false;
    }
  }

  /** True when the lease was written. */
  async #acquireOrRenew(): Promise<boolean> {
    if (!this.#holds || this.#observed === undefined) this.#observe(await this.#read());
    if (!this.#mayHold()) {
      this.#lose(`the lease is held by "${this.#observed?.spec.holderIdentity ?? ""}"`);
      return false;
    }
    const sentAt = performance.now();
    try {
      this.#observe(await this.#write(this.#recordOf(this.#options.identity)));
      this.#hold(sentAt);
      return true;
    } catch (error) {
      // Somebody changed, deleted or made it meanwhile: look again in the next round.
      if (!isKubernetesError(error, "Conflict", "AlreadyExists", "NotFound")) throw error;
      this.#observe(await this.#read());
      if (!this.#mayHold()) this.#lose("another replica took the lease");
      return false;
    }
  }

  #mayHold(): boolean {
    return performance.now() > this.#othersUntil;
  }

  #observe(lease: Lease | undefined): void {
    const isSame = lease?.metadata.resourceVersion === this.#observed?.metadata.resourceVersion;
    this.#observed = lease;
    // A lease that was deleted says nothing about its holder, who goes on writing until its own deadline.
    if (isSame || lease === undefined) return;
    const { holderIdentity: holder = "", leaseDurationSeconds = this.#timing.leaseDuration } = lease.spec;
    const isFree = holder === "" || holder === this.#options.identity;
    this.#othersUntil = isFree ? 0 : performance.now() + leaseDurationSeconds * 1000;
  }

  #hold(sentAt: number): void {
    this.#validUntil = sentAt + this.#timing.renewDeadline * 1000;
    clearTimeout(this.#expiry);
    if (this.#stopping.signal.aborted) {
      // Won while stopping: nobody learns of it, but `stop` must give the lease back.
      this.#holds = true;
      return;
    }
    this.#expiry = setTimeout(
      () => this.#lose(`the lease could not be renewed for ${this.#timing.renewDeadline} s`),
      Math.max(this.#validUntil - performance.now(), 0),
    );
    if (this.#holds) return;
    this.#holds = true;
    this.#options.logger.info({ identity: this.#options.identity }, "Acquired the lease");
    this.#options.onAcquired();
  }

  #lose(reason: string): void {
    if (!this.#holds) return;
    this.#holds = false;
    clearTimeout(this.#expiry);
    this.#stopping.abort();
    this.#options.onLost(reason);
  }

  #recordOf(identity: string): Lease {
    const now = new Date().toISOString().replace("Z", "000Z");
    const previous = this.#observed?.spec;
    const isRenewal = previous?.holderIdentity === identity;
    return {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: {
        name: this.#options.name,
        namespace: this.#options.namespace,
        ...versionOf(this.#observed),
      },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: this.#timing.leaseDuration,
        acquireTime: (isRenewal ? previous.acquireTime : undefined) ?? now,
        renewTime: now,
        leaseTransitions: (previous?.leaseTransitions ?? -1) + (isRenewal ? 0 : 1),
      },
    };
  }

  async #release(): Promise<void> {
    try {
      await this.#write({
        ...this.#recordOf(""),
        spec: { ...this.#recordOf("").spec, leaseDurationSeconds: 1 },
      });
      this.#options.logger.info("Released the lease");
    } catch (error) {
      this.#options.logger.warn({ err: error }, "Failed to release the lease; it expires by itself");
    }
  }

  async #read(): Promise<Lease | undefined> {
    const { rest, namespace, name } = this.#options;
    try {
      const path = resourcePath(LEASES, { namespace, name });
      return await rest.json<Lease>({ verb: "get", path, timeoutSeconds: this.#requestSeconds() });
    } catch (error) {
      if (isKubernetesError(error, "NotFound")) return undefined;
      throw error;
    }
  }

  #write(lease: Lease): Promise<Lease> {
    const { rest, namespace, name } = this.#options;
    const isNew = lease.metadata.resourceVersion === undefined;
    return rest.json<Lease>({
      verb: isNew ? "create" : "update",
      path: resourcePath(LEASES, isNew ? { namespace } : { namespace, name }),
      body: lease,
      timeoutSeconds: this.#requestSeconds(),
    });
  }

  /** Two attempts fit into the deadline. */
  #requestSeconds(): number {
    return this.#timing.renewDeadline / 2;
  }
}

function versionOf(lease: Lease | undefined): { resourceVersion?: string } {
  const resourceVersion = lease?.metadata.resourceVersion;
  return resourceVersion === undefined ? {} : { resourceVersion };
}

/** The only replica there is (`make dev`). */
export const ALWAYS_LEADING: Leadership = { isLeading: true };
