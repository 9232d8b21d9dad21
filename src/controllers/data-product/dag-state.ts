/** A product's DAG as Airflow and the bucket have it: whose it is, and whether it runs as it is wanted. Pure. */
import type { ResourceKey } from "../../api/objects.ts";
import type { Dag, DagRun, ImportError } from "../../targets/airflow/dag.ts";
import { dagMark, dagOwnerOf, DAG_TAG } from "./parts.ts";

/** What Airflow says of the product's DAG. */
export interface DagState {
  /** `undefined`: Airflow has not read its file yet. */
  readonly dag: Dag | undefined;
  /** The runs that changed last. */
  readonly runs: readonly DagRun[];
  readonly importError: ImportError | undefined;
}

/** Whether the operator made the DAG for this product. */
export function isOwnDag({ owners, tags }: Dag, key: ResourceKey): boolean {
  return tags.includes(DAG_TAG) && owners.includes(dagOwnerOf(key));
}

/** The DAG, where it is the product's own. */
export function ownDagOf({ dag }: DagState, key: ResourceKey): Dag | undefined {
  return dag !== undefined && isOwnDag(dag, key) ? dag : undefined;
}

/** Whether a file is the one that the operator makes for this product, whatever else was changed in it. */
export function isOwnFile(text: string, key: ResourceKey): boolean {
  return text.startsWith(dagMark(key));
}

/** Whether runs of the DAG would begin, but for its being paused. */
export function isRunnable(dag: Dag | undefined): dag is Dag {
  return dag !== undefined && !dag.isStale && !dag.hasImportErrors;
}

/** What is wrong with a file, in the last words of Python's trace. */
export function importProblem({ trace }: ImportError): string {
  const lines = trace.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").at(-1) ?? "it cannot be imported";
}
