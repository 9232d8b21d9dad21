/** What a refused child means for its owner. */
import type { KubernetesObject } from "../../api/objects.ts";
import { TerminalError, WaitingError } from "../../runtime/errors.ts";
import type { KubernetesErrorCode } from "../../runtime/http/kubernetes-client.ts";
import { isKubernetesError } from "../../runtime/http/kubernetes-client.ts";
import { admissionProblem } from "./admission.ts";
import type { Child, ChildOwner } from "./child.ts";
import { describeChild } from "./child.ts";
import { valueAt, writersOf } from "./writers.ts";

/** What a refusal is explained by. */
export interface Refused {
  readonly planned: Child;
  readonly owner: ChildOwner;
  /** As the API server holds it, with its managers; `undefined`: there is none. */
  readonly live: KubernetesObject | undefined;
}

/** A refusal for content needs a changed spec, one by quota or policy somebody who makes room; everything else is left as it is and tried again. */
export function classifyChildError(error: unknown, refused: Refused): unknown {
  if (!isKubernetesError(error, "Invalid")) return refusedAdmission(error, refused.planned) ?? error;
  const message =
    error.fields.map((field) => contradiction(field, refused)).find((found) => found !== undefined) ??
    `the API server refused ${describeChild(refused.planned)}`;
  return new TerminalError("InvalidSpec", `${message}: ${error.message}`, { cause: error });
}

/** Failures of the API server or of this process, which the next child would meet too. */
const GENERAL: readonly KubernetesErrorCode[] = [
  "Unavailable",
  "TooManyRequests",
  "Aborted",
  "Unauthorized",
  "NamespaceTerminating",
];

/** Whether an error says something about this one child alone, so that others may still be written. */
export function isAboutOneChild(error: unknown): boolean {
  return !isKubernetesError(error, ...GENERAL);
}

/** Says that somebody else gave a field another value than the owner wants; `undefined` when it has the same, or none. */
function contradiction(field: string, { planned, owner, live }: Refused): string | undefined {
  const names = field.split(".");
  const [wanted, found] = [valueAt(planned.object, names), valueAt(live, names)];
  if (live === undefined || wanted === undefined || found === undefined || wanted === found) return undefined;
  const writers = writersOf(live, field).map((writer) => `"${writer}"`);
  const by = writers.length === 0 ? "" : `, as ${writers.join(" and ")} wrote it`;
  return (
    `${describeChild(planned)} has ${field} ${JSON.stringify(found)}${by}, and ${owner.type.kind} "${owner.key.name}" wants ` +
    `${JSON.stringify(wanted)}, which the API server does not take back; give the ${owner.type.kind} the same value, or set it back there`
  );
}

function refusedAdmission(error: unknown, planned: Child): WaitingError | undefined {
  const problem = admissionProblem(error);
  if (problem === undefined) return undefined;
  const message = `the API server refused ${describeChild(planned)}: ${problem.message}`;
  return new WaitingError(problem.reason, message, { cause: error });
}
