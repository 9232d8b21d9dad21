import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeAirflow } from "../../testing/airflow.ts";
import { PERMIT } from "../../testing/permit.ts";
import { DagRegister } from "./dag-register.ts";

const { signal } = new AbortController();
const DAG = "shop.sessions";
const MINUTE = 60_000;

let airflow: FakeAirflow;
let register: DagRegister;
let changed: Set<string> | undefined;
let now: number;
/** Calls of the methods that read. */
let asked: string[];

beforeEach(() => {
  [airflow, changed, now, asked] = [new FakeAirflow(), new Set(), 0, []];
  airflow.listChangedDags = () => Promise.resolve(changed);
  for (const name of ["readDag", "listDags", "listRuns", "listImportErrors", "listChangedDags"] as const) {
    const read = airflow[name].bind(airflow) as (...args: unknown[]) => unknown;
    vi.spyOn(airflow, name).mockImplementation(((...args: unknown[]) => {
      asked.push(name);
      return read(...args);
    }) as never);
  }
  register = new DagRegister(airflow, { tag: "openclickstream", now: () => now });
});

async function isPaused({ maxAgeSeconds = 2, wasThere = true } = {}): Promise<boolean | undefined> {
  return (await register.readDag(DAG, { maxAgeSeconds, wasThere, signal }))?.isPaused;
}

async function runs(maxAgeSeconds = 2): Promise<readonly string[]> {
  return (await register.listRuns(DAG, { limit: 25, maxAgeSeconds, signal })).map(({ id }) => id);
}

describe("DAGs", () => {
  it("of all who ask within the age come of one listing", async () => {
    airflow.putDag(DAG);
    expect(await Promise.all([isPaused(), isPaused()])).toEqual([true, true]);
    now = 2000;
    await isPaused();
    expect(asked).toEqual(["listDags"]);
    now = 2001;
    await isPaused();
    await isPaused({ maxAgeSeconds: 30 });
    expect(asked).toEqual(["listDags", "listDags"]);
  });

  it("are read by name after a change of ours, until a listing is newer", async () => {
    airflow.putDag(DAG);
    await isPaused();
    now = 1000;
    await airflow.setPaused(DAG, false, PERMIT);
    register.noteWrite(DAG);
    expect(await isPaused()).toBe(false);
    now = 5000;
    expect(await isPaused()).toBe(false);
    expect(asked).toEqual(["listDags", "readDag", "listDags"]);
  });

  it("that a listing does not have are gone only when Airflow says so by name, unless nobody saw them yet", async () => {
    await isPaused();
    airflow.putDag(DAG);
    expect(await isPaused({ wasThere: true })).toBe(true);
    expect(await isPaused({ wasThere: false })).toBeUndefined();
  });

  it("are listed anew after a failure", async () => {
    airflow.isDown = true;
    await expect(isPaused()).rejects.toThrow();
    airflow.isDown = false;
    airflow.putDag(DAG);
    expect(await isPaused()).toBe(true);
  });
});

describe("runs", () => {
  it("are read again only when one of them changed", async () => {
    airflow.putRun(DAG, "one");
    expect(await runs()).toEqual(["one"]);
    airflow.putRun(DAG, "two");
    expect(await runs()).toEqual(["one"]);
    now = 3000;
    changed = new Set([DAG]);
    expect(await runs()).toEqual(["two", "one"]);
  });

  it("are read each time while too many changed to tell", async () => {
    await runs();
    airflow.putRun(DAG, "one");
    changed = undefined;
    expect(await runs()).toEqual(["one"]);
  });

  it("are read again after what we began", async () => {
    await runs();
    airflow.putRun(DAG, "one");
    register.noteWrite(DAG);
    expect(await runs()).toEqual(["one"]);
  });

  it("are read again when nobody looked for longer than changes are told of", async () => {
    await runs();
    airflow.putRun(DAG, "one");
    now = 4 * MINUTE;
    expect(await runs()).toEqual([]);
    now = 8 * MINUTE + 1;
    expect(await runs()).toEqual(["one"]);
  });

  it("are read again after ten minutes, since nobody tells of one that was deleted", async () => {
    airflow.putRun(DAG, "one");
    await runs();
    airflow.runs.delete(DAG);
    for (const minute of [2, 4, 6, 8, 10]) {
      now = minute * MINUTE;
      expect(await runs()).toEqual(["one"]);
    }
    now += 1;
    expect(await runs()).toEqual([]);
  });
});

it("an import error is that of the file, not of one with a similar name", async () => {
  for (const file of ["shop/aXb.py", "shop/a_b.py"])
    airflow.importErrors.set(file, { file, at: "", trace: file });
  const find = async (file: string) => register.readImportError(file, { maxAgeSeconds: 2, signal });
  expect(await find("a_b.py")).toMatchObject({ trace: "shop/a_b.py" });
  expect(await find("b.py")).toBeUndefined();
  expect(asked).toEqual(["listImportErrors"]);
});
