/** Whether the platform's receiver of lineage was told of all runs. Pure. */
import type { ConditionInput } from "../../api/conditions.ts";
import { counted, messageOf } from "../../api/text.ts";
import type { DataProduct, DataProductStatus } from "../../crds/kinds.ts";
import type { PassError } from "../../runtime/controller.ts";
import { reasonOfError } from "../../runtime/errors.ts";
import { remembered } from "../remembered.ts";
import type { AppliedProduct } from "./apply.ts";
import type { ToldLineage } from "./lineage-events.ts";
import type { ProductPlan } from "./plan.ts";
import type { AppliedLineage } from "./tell-lineage.ts";

/** What the judgement is made from; phases that did not complete left nothing. */
interface LineageOutcome {
  readonly resource: DataProduct;
  readonly plan?: ProductPlan;
  readonly applied?: AppliedProduct;
  readonly error?: PassError;
}

/** A receiver that is back wakes the products through their platform; this is for one that refuses what it is sent. */
const AWAY_RETRY_SECONDS = 60;
const MORE_RETRY_SECONDS = 5;

/** What the receiver knows. A pass that did not get so far leaves what was known. */
export function lineageFields({
  resource,
  plan,
  applied,
}: LineageOutcome): Pick<DataProductStatus, "lineageEvents"> {
  if (plan === undefined) return remembered(resource.status, "lineageEvents");
  const told = applied?.lineage?.told ?? plan.lineage?.told;
  return told === undefined ? {} : { lineageEvents: told };
}

/** When to go on with what is due. */
export function lineageRetrySeconds({ applied }: LineageOutcome): number | undefined {
  const { left = 0, problem } = applied?.lineage ?? {};
  if (left === 0) return undefined;
  return problem === undefined ? MORE_RETRY_SECONDS : AWAY_RETRY_SECONDS;
}

/** The condition LineageSent; none while the platform names no receiver. It has no part in whether the product is ready. */
export function judgeLineage(input: LineageOutcome): readonly ConditionInput[] {
  const verdict = verdictOf(input);
  return verdict === undefined ? [] : [{ type: "LineageSent", ...verdict }];
}

type Verdict = Pick<ConditionInput, "status" | "reason" | "message">;

function verdictOf({ resource, plan, applied, error }: LineageOutcome): Verdict | undefined {
  if (plan === undefined) {
    const isTold = resource.status?.lineageEvents !== undefined;
    return isTold && error !== undefined
      ? { status: "Unknown", reason: error.reason, message: error.message }
      : undefined;
  }
  const planned = plan.lineage;
  if (planned === undefined) return undefined;
  const outcome = applied?.lineage ?? { told: planned.told, left: planned.waiting };
  return outcome.left > 0 ? waitingVerdict(outcome) : toldVerdict(outcome.told);
}

function waitingVerdict({ told, left, problem }: AppliedLineage): Verdict {
  const reason = problem === undefined ? "NotSettled" : reasonOfError(problem);
  const why = problem === undefined ? "" : `: ${messageOf(problem)}`;
  return {
    status: "False",
    reason,
    message: `${counted(left, "event")} to be sent${why}${droppedText(told)}`,
  };
}

function toldVerdict(told: ToldLineage): Verdict {
  if (told.refusal !== undefined) {
    const message = `the last event was refused: ${told.refusal}${droppedText(told)}`;
    return { status: "False", reason: "LineageRefused", message };
  }
  const message = `the receiver was told of all runs that this status remembers${droppedText(told)}`;
  return { status: "True", reason: "Succeeded", message };
}

function droppedText({ dropped = 0 }: ToldLineage): string {
  return dropped === 0 ? "" : `; ${counted(dropped, "event")} never reached it`;
}
