/** Why runs failed, from Airflow's own operator to the line that a product's status shows. The cluster below it is made up. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pythonPackagesOf, pythonRuntime } from "../../local/images/python.ts";
import { checkoutFolder } from "../../local/support/checkout.ts";
import { mustRun } from "../../local/support/command.ts";
import { failureText } from "../../src/controllers/data-product/failure.ts";
import { parseFailure } from "../../src/targets/airflow/run-failure.ts";
import { planWith } from "../../src/testing/data-product.ts";

interface Outcome {
  readonly raised: string | null;
  readonly deleted: readonly string[];
  readonly left: string | null;
}

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-failed-runs-"));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

it("are told in the words of who knows best, and no pod stays", async () => {
  const report = (): undefined => undefined;
  const python = await (await pythonRuntime()).provide(report);
  const packages = await (await pythonPackagesOf("airflow")).provide(report);
  const file = join(directory, "dag.py");
  await writeFile(file, planWith().defined?.run?.dagFile ?? "");
  const env = {
    ...{ PYTHONHOME: join(python, "usr"), PYTHONPATH: packages, AIRFLOW_HOME: directory },
    AIRFLOW__LOGGING__LOGGING_LEVEL: "ERROR",
    // The packages lie in a cache that nobody may change; compiled anew they take half a minute.
    ...{ PYTHONPYCACHEPREFIX: join(checkoutFolder, ".local", "pycache"), PYTHONDONTWRITEBYTECODE: "" },
  };
  const program = join(checkoutFolder, "test", "python", "failed_runs.py");
  const printed = await mustRun(join(python, "usr/bin/python3.11"), [program, file], { env });
  const outcomes = JSON.parse(printed.trim().split("\n").at(-1) ?? "") as Record<string, Outcome>;
  const told = Object.entries(outcomes).map(([name, { raised, deleted, left }]) => {
    const failure = parseFailure({ value: left });
    return [name, raised, deleted.length, failure && failureText(failure)];
  });
  expect(told).toEqual([
    ["published", null, 1, undefined],
    ["failed", "AirflowException", 1, "writing the rows: division by zero"],
    ["misused", "AirflowFailException", 1, 'batch.json: "keys" must name columns'],
    [
      "killed",
      "AirflowException",
      1,
      "its container was killed because it used more memory than its limit (OOMKilled); raise spec.resources.limits.memory",
    ],
    ["without image", "AirflowException", 1, "its container did not start (ErrImagePull): no such image"],
    ["refused", "ApiException", 0, "its pod could not be run: exceeded quota: small"],
  ]);
});
