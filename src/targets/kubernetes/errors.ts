/** What a refused child means for its owner. */
import { TerminalError } from "../../runtime/errors.ts";
import { isKubernetesError } from "../../runtime/http/kubernetes-client.ts";
import type { Child } from "./child.ts";
import { describeChild } from "./child.ts";

/** A refusal for content needs a changed spec; everything else is left as it is and tried again. */
export function classifyChildError(error: unknown, planned: Child): unknown {
  if (!isKubernetesError(error, "Invalid")) return error;
  return new TerminalError(
    "InvalidSpec",
    `the API server refused ${describeChild(planned)}: ${error.message}`,
    {
      cause: error,
    },
  );
}
