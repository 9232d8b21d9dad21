/** How the operator's DAGs fare in a real Airflow, without a pod of Spark: its files are read, missed periods come, and what is broken is told. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkoutFolder } from "../../local/support/checkout.ts";
import type { DagRun } from "../../src/targets/airflow/dag.ts";
import { DagFiles } from "./dag-files.ts";
import { DataProducts, type Product } from "./data-products.ts";
import type { Environment } from "./environment.ts";

const goldenFolder = join(checkoutFolder, "src", "controllers", "data-product", "testdata");
const daysMissed = 3;
const { signal } = new AbortController();
const permit = { signal, assertMayWrite: (): void => undefined };

/** Defines the steps for a product whose runs have windows; `environment` is called when they run. */
export function airflowSteps(product: string, journey: () => { readonly environment: Environment }): void {
  describe("their DAGs in Airflow", () => {
    let environment: Environment;
    let products: DataProducts;
    let files: DagFiles;

    beforeAll(async () => {
      ({ environment } = journey());
      products = await DataProducts.connect(environment);
      files = await DagFiles.connect(environment);
    });

    afterAll(async () => {
      await products.close();
      files.close();
    });

    it("are Python that Airflow takes, every golden file of them", async () => {
      const names = (await readdir(goldenFolder)).filter((name) => name.endsWith(".golden.py"));
      expect(names).not.toEqual([]);
      const texts = await Promise.all(
        names.map(async (name) => [name, await readFile(join(goldenFolder, name), "utf8")] as const),
      );
      expect((await products.python(readingProgram(Object.fromEntries(texts)))).trim().split("\n")).toEqual(
        names,
      );
    });

    it("run every period that Airflow missed, in the order of time", async () => {
      const id = `${environment.namespace}.missed`;
      const own = await files.read(`${environment.namespace}.${product}.py`);
      await files.write(
        `${id}.py`,
        missingDays(own, { from: `${environment.namespace}.${product}`, to: id }),
      );
      try {
        await environment.eventually("Airflow reads the file", async () => {
          if ((await products.airflow.readDag(id, signal)) !== undefined) return undefined;
          const errors = await products.airflow.listImportErrors(signal);
          return errors.find(({ file }) => file.endsWith(`${id}.py`))?.trace ?? "it does not know it yet";
        });
        await products.airflow.setPaused(id, false, permit);
        let runs: readonly DagRun[] = [];
        await environment.eventually("the runs of the missed days", async () => {
          runs = await products.airflow.listRuns(id, { limit: 10, signal });
          const ended = runs.filter(({ state }) => state === "success");
          return ended.length === daysMissed ? undefined : JSON.stringify(runs);
        });
        const periods = runs.toSorted(byStart).map(({ period }) => period?.from);
        expect(periods).toEqual([...new Set(periods)].toSorted());
      } finally {
        await files.delete(`${id}.py`);
        await products.airflow.deleteDag(id, permit);
      }
    });

    it("tell in the product's condition what somebody broke in them, and are put back", async () => {
      const name = `${environment.namespace}.${product}`;
      const own = await files.read(`${name}.py`);
      // So that the operator looks, and does not put the file back before Airflow has met it.
      await environment.kubectl("annotate", `dataproduct/${product}`, "openclickstream.io/paused=true");
      await files.write(`${name}.py`, `${own}\nimport nothing_of_this_name\n`);
      await products.until(product, "a condition tells it", (found) =>
        isTold(found) ? undefined : JSON.stringify(found.status?.conditions),
      );
      await environment.kubectl("annotate", `dataproduct/${product}`, "openclickstream.io/paused-");
      await products.until(product, "Airflow takes the DAG again", (found) =>
        isTold(found) ? JSON.stringify(found.status?.conditions) : undefined,
      );
      expect(await files.read(`${name}.py`)).toBe(own);
    });
  });
}

function isTold({ status }: Product): boolean {
  return status?.conditions?.some(({ message }) => message.includes("nothing_of_this_name")) === true;
}

function byStart(one: DagRun, other: DagRun): number {
  return (one.startedAt ?? "").localeCompare(other.startedAt ?? "");
}

/** Python that runs each text as Airflow does, and prints its name. */
function readingProgram(texts: Readonly<Record<string, string>>): string {
  return `import json
for name, text in json.loads(${JSON.stringify(JSON.stringify(texts))}).items():
    exec(compile(text, name, "exec"), {"__name__": name})
    print(name)
`;
}

/** The operator's DAG as it would be if its product had been made some days ago, under another id, and without pods. */
function missingDays(text: string, id: { readonly from: string; readonly to: string }): string {
  const changed = text
    .replaceAll(`"${id.from}"`, `"${id.to}"`)
    .replace(/^CREATED = .*$/m, `CREATED = datetime.now().astimezone() - timedelta(days=${daysMissed})`)
    .replace("return super().execute(context)", "return None");
  if (changed.includes(id.from) || !changed.includes("timedelta(days=") || !changed.includes("return None")) {
    throw new Error(`the DAG file has another form than this test expects:\n${text}`);
  }
  return changed;
}
