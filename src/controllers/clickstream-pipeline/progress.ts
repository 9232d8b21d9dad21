/** What the stream job says of itself at `/progress`. */
import { urlHost, type JsonClient } from "../../targets/http/json-client.ts";
import { DRIVER_PORTS } from "./parts.ts";

export const JOB_STATES = ["STARTING", "RUNNING", "STOPPING", "FAILED"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** `unknown` when there is no driver or it does not answer, which is not an error: from outside the cluster it may be out of reach. */
export type JobProgress =
  | { readonly state: "unknown"; readonly message: string }
  | {
      readonly state: JobState;
      readonly message: string;
      /** Number of the batch that was committed last; absent before the first. */
      readonly batchId?: number;
      readonly inputRowsPerSecond: number;
      readonly processedRowsPerSecond: number;
      /** Records of the topic that are not committed yet. */
      readonly lag?: number;
    };

/** Asks the driver at the address of its pod. Never throws, but for an aborted signal. */
export async function readProgress(
  client: JsonClient,
  address: string | undefined,
  signal: AbortSignal,
): Promise<JobProgress> {
  if (address === undefined) return { state: "unknown", message: "the driver has no address yet" };
  const answer = await client.send(`http://${urlHost(address)}:${DRIVER_PORTS.http}/progress`, { signal });
  if (!answer.ok) return { state: "unknown", message: answer.message };
  return parseProgress(answer.body);
}

/** Takes from an answer what is of the expected type; anything else counts as not said. */
export function parseProgress(body: unknown): JobProgress {
  const fields: Readonly<Record<string, unknown>> = isRecord(body) ? body : {};
  const state = JOB_STATES.find((candidate) => candidate === fields["state"]);
  if (state === undefined) return { state: "unknown", message: "the driver answered without a known state" };
  const batchId = wholeNumber(fields["batchId"]);
  const lag = wholeNumber(fields["lag"]);
  return {
    state,
    message: typeof fields["message"] === "string" ? fields["message"] : "",
    inputRowsPerSecond: rate(fields["inputRowsPerSecond"]),
    processedRowsPerSecond: rate(fields["processedRowsPerSecond"]),
    ...(batchId === undefined ? {} : { batchId }),
    ...(lag === undefined ? {} : { lag }),
  };
}

/** Spark says NaN, infinite or nothing when a batch took no time or had no rows. */
function rate(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
