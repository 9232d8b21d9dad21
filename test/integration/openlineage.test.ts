/** The events of the golden files, as the OpenLineage project's own client reads them. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkoutFolder } from "../../local/support/checkout.ts";
import { readLineageEvents } from "../support/python.ts";

const GOLDEN = join(checkoutFolder, "src", "targets", "openlineage", "testdata");

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-lineage-"));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

it("are what the client writes itself, with facets that it knows", async () => {
  const names = (await readdir(GOLDEN)).filter((name) => name.endsWith(".golden.json"));
  const found = await readLineageEvents(names.map((name) => join(GOLDEN, name)));
  expect(found).toEqual({
    "abort.golden.json": { event: "RunEvent", facets: [] },
    "job.golden.json": { event: "JobEvent", facets: JOB },
    "start.golden.json": { event: "RunEvent", facets: [...JOB, "nominalTime", "processing_engine"].sort() },
    "complete.golden.json": { event: "RunEvent", facets: [...ENDED, "outputStatistics", "version"].sort() },
    "fail.golden.json": { event: "RunEvent", facets: [...ENDED, "errorMessage"].sort() },
  });
});

const JOB = ["columnLineage", "documentation", "jobType", "schema", "sql", "symlinks"];
const ENDED = [...JOB, "dataQualityAssertions", "nominalTime", "processing_engine"];

it.each([
  {
    wrong: "a facet of another version",
    change: ["1-2-0/ColumnLineage", "1-9-0/ColumnLineage"],
    problem: "knows no facet",
  },
  {
    wrong: "a field that no schema has",
    change: ['"inputFields"', '"inputColumns"'],
    problem: "has no field inputColumns",
  },
  {
    wrong: "a number that is a text",
    change: ['"rowCount": 12', '"rowCount": "12"'],
    problem: "is no <class 'int'>",
  },
  {
    wrong: "a run whose id is no UUID",
    change: ['"runId": "', '"runId": "x'],
    problem: "badly formed hexadecimal UUID",
  },
  {
    wrong: "a state that no run has",
    change: ['"COMPLETE"', '"DONE"'],
    problem: "is not a valid EventType",
  },
] as const)("would not be with $wrong", async ({ wrong, change, problem }) => {
  const text = await readFile(join(GOLDEN, "complete.golden.json"), "utf8");
  const file = join(directory, `${wrong}.json`);
  await writeFile(file, text.replace(change[0], change[1]));
  await expect(readLineageEvents([file])).rejects.toThrow(problem);
});
