/** What the stream job says of itself at `/progress`. */
import type { z } from "zod";
import { progressDocument } from "../../generated/progress.ts";
import { urlHost, type JsonClient } from "../../targets/http/json-client.ts";
import { DRIVER_PORTS, PATHS } from "../../generated/endpoints.ts";

export type JobState = z.output<typeof progressDocument>["state"];

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
      /** Duplicates since the start whose content is not that of the first event with their identifier. */
      readonly conflicts?: number;
      /** Executors that ended without being asked to since the start, and why the last of them did. */
      readonly executorsLost?: number;
      readonly lastExecutorLoss?: string;
      /** Records whose rows were ever erased from the tables on purpose. */
      readonly erased?: number;
      /** Absent where the job keeps no profiles. */
      readonly profiles?: ProfileProgress;
    };

export interface ProfileProgress {
  /** What keeps them from going on. */
  readonly problem?: string;
  /** Records that the tables have and the profiles do not. */
  readonly lag?: number;
}

/** Asks the driver at the address of its pod. Throws only when the signal is aborted. */
export async function readProgress(
  client: JsonClient,
  address: string | undefined,
  signal: AbortSignal,
): Promise<JobProgress> {
  if (address === undefined) return { state: "unknown", message: "the driver has no address yet" };
  const answer = await client.send(`http://${urlHost(address)}:${DRIVER_PORTS.http.port}${PATHS.progress}`, {
    signal,
  });
  if (!answer.ok) return { state: "unknown", message: answer.message };
  return parseProgress(answer.body);
}

/** An answer that breaks the contract cannot be trusted; the message says what is wrong in it. */
export function parseProgress(body: unknown): JobProgress {
  const { success, data, error } = progressDocument.safeParse(body);
  if (!success) {
    const problems = error.issues.map(({ path, message }) => `${path.join(".") || "the answer"}: ${message}`);
    return { state: "unknown", message: `the driver's answer is not as agreed: ${problems.join("; ")}` };
  }
  const { state, message, batchId, lag, inputRowsPerSecond, processedRowsPerSecond, rows } = data;
  const { executorsLost, lastExecutorLoss, erased, profiles } = data;
  return {
    state,
    message,
    inputRowsPerSecond,
    processedRowsPerSecond,
    ...(typeof batchId === "number" ? { batchId } : {}),
    ...(typeof lag === "number" ? { lag } : {}),
    ...(typeof rows.conflict === "number" ? { conflicts: rows.conflict } : {}),
    ...(typeof executorsLost === "number" ? { executorsLost } : {}),
    ...(typeof lastExecutorLoss === "string" ? { lastExecutorLoss } : {}),
    ...(typeof erased === "number" ? { erased } : {}),
    ...(profiles ? { profiles: profilesOf(profiles) } : {}),
  };
}

function profilesOf({
  problem,
  lag,
}: NonNullable<z.output<typeof progressDocument>["profiles"]>): ProfileProgress {
  return {
    ...(typeof problem === "string" ? { problem } : {}),
    ...(typeof lag === "number" ? { lag } : {}),
  };
}
