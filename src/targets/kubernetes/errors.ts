/** What a refused child means for its owner. */
import { TerminalError, WaitingError } from "../../runtime/errors.ts";
import { isKubernetesError } from "../../runtime/http/kubernetes-client.ts";
import { admissionProblem } from "./admission.ts";
import type { Child } from "./child.ts";
import { describeChild } from "./child.ts";

/** A refusal for content needs a changed spec, one by quota or policy somebody who makes room; everything else is left as it is and tried again. */
export function classifyChildError(error: unknown, planned: Child): unknown {
  if (!isKubernetesError(error, "Invalid")) return refusedAdmission(error, planned) ?? error;
  return new TerminalError(
    "InvalidSpec",
    `the API server refused ${describeChild(planned)}: ${error.message}`,
    {
      cause: error,
    },
  );
}

function refusedAdmission(error: unknown, planned: Child): WaitingError | undefined {
  const problem = admissionProblem(error);
  if (problem === undefined) return undefined;
  const message = `the API server refused ${describeChild(planned)}: ${problem.message}`;
  return new WaitingError(problem.reason, message, { cause: error });
}
