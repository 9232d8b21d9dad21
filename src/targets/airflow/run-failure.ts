/** What the last failed try of a run left in Airflow: the pod's state as it was before the pod was deleted (the DAG's `BatchJob` writes it). */
import { z } from "zod";

/** Task of a DAG, and key of what it leaves when it fails. */
export const RUN_TASK = "run";
export const FAILURE_KEY = "failure";

const said = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

const containerState = z.object({
  waiting: z.object({ reason: said, message: said }).optional(),
  terminated: z.object({ exitCode: z.int(), reason: said, message: said }).optional(),
});

/** As Kubernetes writes it; what is not needed is not read. */
const podStatus = z.object({
  phase: said,
  reason: said,
  message: said,
  conditions: z
    .array(z.object({ type: z.string(), status: z.string(), reason: said, message: said }))
    .nullish(),
  containerStatuses: z.array(z.object({ name: z.string(), state: containerState.optional() })).nullish(),
});

const runFailure = z.object({
  /** In the words of Airflow or of the API server. */
  error: z.string(),
  /** Of the pod; absent when there was none, or it was gone. */
  status: podStatus.optional(),
  /** Messages of the pod's Events of type Warning, the last of them last. */
  warnings: z.array(z.string()).optional(),
});

/** Why a try of a run failed. */
export type RunFailure = z.output<typeof runFailure>;

/** An XCom as REST v2 gives it: a text of JSON, which Airflow may have quoted once more. */
const failureAnswer = z.object({ value: z.unknown() });

/** What cannot be understood is as if nothing had been left. */
export function parseFailure(body: unknown): RunFailure | undefined {
  let value: unknown = failureAnswer.safeParse(body).data?.value;
  for (let nth = 0; nth < MAX_QUOTES && typeof value === "string"; nth += 1) value = parseJson(value);
  return runFailure.safeParse(value).data;
}

const MAX_QUOTES = 2;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
