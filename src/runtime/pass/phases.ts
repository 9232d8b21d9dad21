/** Runs observe, validate, plan and apply in order and keeps what each gave, also when a later one fails. */
import type { CommonStatus } from "../../api/conditions.ts";
import type { Controller, CustomResource, ReconcileContext, StatusInput } from "../controller.ts";
import { PartlyApplied } from "../errors.ts";
import type { RuntimeMetrics } from "../metrics.ts";

export type PhaseName = "observe" | "validate" | "plan" | "apply" | "finalize";

/** What the completed phases gave, and what stopped them. */
export interface PhaseResults<Observed, Validated, Plan, Applied> {
  observed?: Observed;
  validated?: Validated;
  plan?: Plan;
  applied?: Applied;
  thrown?: { readonly error: unknown };
}

export interface PhaseRun {
  readonly context: ReconcileContext;
  readonly metrics: RuntimeMetrics;
  readonly controllerName: string;
}

/** Never throws. Every phase starts only while the pass may go on (leadership, time, stop); `apply` only when it may write. */
export async function runPhases<
  Resource extends CustomResource<unknown, CommonStatus>,
  Observed,
  Validated,
  Plan,
  Applied,
  Status extends CommonStatus,
>(
  controller: Controller<Resource, Observed, Validated, Plan, Applied, Status>,
  resource: Resource,
  run: PhaseRun & { readonly mayApply: boolean },
): Promise<PhaseResults<Observed, Validated, Plan, Applied>> {
  const { context } = run;
  const results: PhaseResults<Observed, Validated, Plan, Applied> = {};
  try {
    const observed = await timed(run, "observe", () => controller.observe(resource, context));
    results.observed = observed;
    const validated = await timed(run, "validate", () => controller.validate(resource, observed));
    results.validated = validated;
    const plan = await timed(run, "plan", () => controller.plan(validated, observed, context.now()));
    results.plan = plan;
    if (run.mayApply)
      results.applied = await timed(run, "apply", () => controller.apply(plan, observed, context));
  } catch (error) {
    if (error instanceof PartlyApplied) results.applied = error.applied as Applied;
    results.thrown = { error };
  }
  return results;
}

/** The results in the form that `status` takes. */
export function statusInputOf<Resource, Observed, Validated, Plan, Applied>(
  results: PhaseResults<Observed, Validated, Plan, Applied>,
  rest: Pick<StatusInput<Resource, Observed, Validated, Plan, Applied>, "resource" | "error" | "now">,
): StatusInput<Resource, Observed, Validated, Plan, Applied> {
  const input = { ...results, ...rest };
  delete input.thrown;
  return input;
}

/** Measures a phase; refuses to start it when the pass was aborted. */
export async function timed<Result>(
  run: PhaseRun,
  phase: PhaseName,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  run.context.signal.throwIfAborted();
  const observe = run.metrics.phaseSeconds.startTimer({ controller: run.controllerName, phase });
  try {
    return await work();
  } finally {
    observe();
  }
}
