/** A product's DAG as Airflow and the bucket have it: whose it is, and whether it runs as it is wanted. Pure. */
import type { Dag, DagRun, ImportError } from "../../targets/airflow/dag.ts";
import type { DagOrigin } from "./parts.ts";
import { dagClusterTag, dagMark, dagOwnerOf, DAG_TAG, DAG_VERSION_TAG } from "./parts.ts";

/** What Airflow says of the product's DAG. */
export interface DagState {
  /** `undefined`: Airflow has not read its file yet. */
  readonly dag: Dag | undefined;
  /** The runs that changed last. */
  readonly runs: readonly DagRun[];
  readonly importError: ImportError | undefined;
}

/** Whether the operator made the DAG for this product. */
export function isOwnDag({ owners, tags }: Dag, origin: DagOrigin): boolean {
  const marks = [DAG_TAG, dagClusterTag(origin)];
  return owners.includes(dagOwnerOf(origin)) && marks.every((mark) => tags.includes(mark));
}

/** The DAG, where it is the product's own. */
export function ownDagOf({ dag }: DagState, origin: DagOrigin): Dag | undefined {
  return dag !== undefined && isOwnDag(dag, origin) ? dag : undefined;
}

/** Whether a file is the one that the operator makes for this product, whatever else was changed in it. */
export function isOwnFile(text: string, origin: DagOrigin): boolean {
  return text.startsWith(dagMark(origin));
}

/** Whether runs of the DAG would begin, but for its being paused. */
export function isRunnable(dag: Dag | undefined): dag is Dag {
  return dag !== undefined && !dag.isStale && !dag.hasImportErrors;
}

/** The tag in the text of a DAG file that tells its version; `undefined`: it has none. */
export function dagVersionOf(text: string): string | undefined {
  return VERSION_IN_TEXT.exec(text)?.[1];
}

const VERSION_IN_TEXT = new RegExp(`^    tags=\\[.*"(${DAG_VERSION_TAG}[0-9a-f]+)"`, "m");

/** Whether Airflow has the DAG in this version: runs of another one would be as before the last change. */
export function isOfVersion({ tags }: Dag, version: string | undefined): boolean {
  return version === undefined || tags.includes(version);
}

/** What is wrong with a file, in the last words of Python's trace. */
export function importProblem({ trace }: ImportError): string {
  const lines = trace.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").at(-1) ?? "it cannot be imported";
}
