/** Reads why runs failed whose end is news; does not write. */
import { requireAirflow, secretsOf as secretsOfAirflow } from "../../platform/airflow.ts";
import { requireCatalog, secretsOf as secretsOfCatalog } from "../../platform/catalog.ts";
import type { PlatformState } from "../../platform/platform.ts";
import { scrub } from "../../platform/secret.ts";
import { requireStorage, secretsOf as secretsOfStorage } from "../../platform/storage.ts";
import { reasonOfError } from "../../runtime/errors.ts";
import type { AirflowServer } from "../../targets/airflow/server.ts";
import type { DagRun } from "../../targets/airflow/dag.ts";
import type { RunFailure } from "../../targets/airflow/run-failure.ts";
import { failureText } from "./failure.ts";
import { runIdOf } from "./runs.ts";

export interface FailedRuns {
  readonly dagId: string;
  readonly runs: readonly DagRun[];
  readonly platform: PlatformState;
  readonly airflow: Pick<AirflowServer, "readFailure">;
  readonly signal: AbortSignal;
}

/** Why each of them failed, by its id in the table; without those that left nothing. */
export async function readFailures(failed: FailedRuns): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    failed.runs.map(async (run) => [runIdOf(run), await readOne(run, failed)] as const),
  );
  return new Map(found.flatMap(([id, text]) => (text === undefined ? [] : [[id, text] as const])));
}

async function readOne(
  { id }: DagRun,
  { dagId, platform, airflow, signal }: FailedRuns,
): Promise<string | undefined> {
  try {
    const failure = await airflow.readFailure(dagId, id, signal);
    return failure && failureText(withoutSecrets(failure, platform));
  } catch (error) {
    // The user may read runs and not what tasks leave: the end of a run is told all the same.
    if (reasonOfError(error) === "Unauthorized") return undefined;
    throw error;
  }
}

/** Before it is cut: a part of a secret would not be known again. */
function withoutSecrets(failure: RunFailure, platform: PlatformState): RunFailure {
  const secrets = [
    ...secretsOfCatalog(requireCatalog(platform)),
    ...secretsOfStorage(requireStorage(platform)),
    ...secretsOfAirflow(requireAirflow(platform)),
  ];
  return JSON.parse(JSON.stringify(failure), (_key, value: unknown) =>
    typeof value === "string" ? scrub(value, secrets) : value,
  ) as RunFailure;
}
