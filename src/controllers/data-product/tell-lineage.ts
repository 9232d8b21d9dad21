/** Tells the platform's receiver of lineage what is due, oldest first and not for long. What it does not get now it gets in a later pass. */
import { MAX_REFUSAL } from "../../crds/kinds.ts";
import type { DataProduct } from "../../crds/kinds.ts";
import { keyOf } from "../../api/objects.ts";
import { shorten } from "../../api/text.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import { requirePresent } from "../../platform/platform.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { SystemAccess, SystemClients } from "../../targets/clients.ts";
import { abortEvent, lineageRunId } from "../../targets/openlineage/event.ts";
import type { LineagePlan, ToldLineage } from "./lineage-events.ts";
import { toldAfter } from "./lineage-events.ts";

/** A pass begins no further event after this time. */
const MOST_MILLISECONDS = 5000;

/** What the receiver answered. */
export interface AppliedLineage {
  readonly told: ToldLineage;
  /** Events that are still due. */
  readonly left: number;
  /** Why. */
  readonly problem?: Error;
}

/** Never throws: a product does not fail because nobody listens. */
export async function tellLineage(
  { told: before, due, waiting }: LineagePlan,
  {
    platform,
    clients,
    context,
  }: {
    readonly platform: PlatformState;
    readonly clients: SystemClients;
    readonly context: ReconcileContext;
  },
): Promise<AppliedLineage> {
  if (due.state === "refused") return { told: before, left: waiting, problem: due.error };
  const deadline = AbortSignal.timeout(MOST_MILLISECONDS);
  let told = before;
  let left = due.value.length;
  try {
    for (const { event, telling } of due.value) {
      if (deadline.aborted) break;
      const delivery = await clients.lineage(platform).send(event, context);
      if (delivery.outcome === "away") return { told, left, problem: delivery.error };
      const refusal = delivery.outcome === "refused" ? shorten(delivery.message, MAX_REFUSAL) : undefined;
      told = toldAfter(told, telling, refusal);
      left -= 1;
    }
  } catch (error) {
    return { told, left, problem: error instanceof Error ? error : new Error(String(error)) };
  }
  return { told, left };
}

/** Of a deleted product: nobody follows the runs any more that the receiver believes under way. Told once, as far as it listens. */
export async function tellAborted(
  product: DataProduct,
  context: ReconcileContext,
  { platforms, clients }: SystemAccess,
): Promise<void> {
  const running = toldRunning(product);
  const platform = running.length === 0 ? undefined : await platforms.read(product, context);
  if (platform === undefined || problemOf(platform, ["Lineage"]) !== undefined) return;
  const { name, namespace } = keyOf(product);
  const job = { name, namespace: requirePresent(platform).spec.lineage?.namespace ?? namespace };
  for (const id of running) {
    const runId = lineageRunId(product.metadata.uid ?? "", id);
    const event = abortEvent(context.now().toISOString(), { ...job, runId });
    const { outcome } = await clients.lineage(platform).send(event, context);
    if (outcome === "away") return;
  }
}

function toldRunning({ status }: DataProduct): readonly string[] {
  const runs = status?.lineageEvents?.runs ?? [];
  return runs.filter(({ state }) => state === "Running").map(({ id }) => id);
}
