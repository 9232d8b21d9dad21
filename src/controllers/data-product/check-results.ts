/** Whether the rows of the last run passed the checks, and whether rows of some time are missing. Pure. */
import type { ConditionInput } from "../../api/conditions.ts";
import { counted } from "../../api/text.ts";
import { ANNOTATIONS } from "../../naming/marks.ts";
import type { ProductOutcome } from "./outcome.ts";
import type { RunRecord } from "./runs.ts";

const TYPE = "ChecksPassed";

/** The condition ChecksPassed. */
export function judgeChecks(
  records: readonly RunRecord[],
  { missing = [], lastAudit, lastGoodSnapshot }: ProductOutcome,
): ConditionInput {
  const last = records.find(({ state }) => state !== "Running");
  if (last?.state === "Held") return failed(heldText(last, lastAudit));
  if (missing.length > 0) return failed(missingText(missing));
  if (last === undefined) {
    return { type: TYPE, status: "Unknown", reason: "NotPublished", message: "no run has ended yet" };
  }
  if (last.state === "Failed") {
    const readers =
      lastGoodSnapshot === undefined ? "no run was published yet" : "the version before it passed";
    const message = `run ${last.id} failed before its rows were checked; ${readers}`;
    return { type: TYPE, status: "Unknown", reason: "RunFailed", message };
  }
  return { type: TYPE, status: "True", reason: "Succeeded", message: passedText(last) };
}

function heldText({ id, message = "by a check" }: RunRecord, lastAudit: ProductOutcome["lastAudit"]): string {
  const place = lastAudit === undefined ? "" : `; its rows are in branch ${lastAudit.branch}`;
  return `run ${id} is held, ${message}${place}`;
}

function missingText([gap, ...others]: NonNullable<ProductOutcome["missing"]>): string {
  if (gap === undefined) return "";
  const why =
    gap.state === "Unread"
      ? "no run has read them"
      : `run ${gap.runId ?? ""} ${gap.state === "Held" ? "is held" : "failed"}`;
  const more = others.length === 0 ? "" : ` (and ${counted(others.length, "other time")} of status.missing)`;
  return (
    `the rows from ${gap.from} to ${gap.to} are missing, because ${why}${more}; ` +
    `to run it again, set the annotation ${ANNOTATIONS.runWindow} to "${gap.from}/${gap.to}" and ${ANNOTATIONS.run} to another text`
  );
}

function failed(message: string): ConditionInput {
  return { type: TYPE, status: "False", reason: "ChecksFailed", message };
}

function passedText({ id, checks = [] }: RunRecord): string {
  const warnings = checks.filter(({ violations }) => violations > 0);
  if (warnings.length === 0) return `run ${id} passed ${counted(checks.length, "check")}`;
  const told = warnings.map(({ name, violations }) => `${name} (${violations})`).join(", ");
  return `run ${id} passed with warnings: ${told}`;
}
