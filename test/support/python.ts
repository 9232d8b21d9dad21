/** The Python clients of the lake and of OpenLineage: Debian's Python with the packages of `test/python/requirements.txt`, in a virtual environment of the cache. */
import { join } from "node:path";
import { cached, hashOf, hashOfPath } from "../../local/support/cache.ts";
import { checkoutFolder } from "../../local/support/checkout.ts";
import { mustRun } from "../../local/support/command.ts";
import { retried } from "../../local/support/retry.ts";
import type { BucketAccess } from "./engines.ts";

const folder = join(checkoutFolder, "test", "python");
const python = "/usr/bin/python3";

/** Fetches the packages unless the cache has them; returns the path of the interpreter that has them. */
export async function providePython(report: (message: string) => void): Promise<string> {
  const requirements = join(folder, "requirements.txt");
  const version = (await mustRun(python, ["--version"])).trim();
  const key = hashOf({ requirements: await hashOfPath(requirements), version });
  const directory = await cached({ thing: "python-clients", key }, async (building) => {
    report("fetching pyiceberg, DuckDB and OpenLineage's client");
    await mustRun(python, ["-m", "venv", join(building, "venv")]);
    const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:"];
    const interpreter = join(building, "venv", "bin", "python");
    await retried(report, async () => mustRun(interpreter, [...install, "--requirement", requirements]));
  });
  return join(directory, "venv", "bin", "python");
}

/** What OpenLineage's own client makes of events in files; rejects where it finds one wrong. */
export async function readLineageEvents(files: readonly string[]): Promise<unknown> {
  const interpreter = await providePython(() => undefined);
  return JSON.parse(await mustRun(interpreter, [join(folder, "lineage_events.py"), ...files]));
}

/** What a Python client needs to find tables and their files. */
export interface LakeAddress {
  readonly storage: BucketAccess;
  /** Iceberg REST URI. */
  readonly uri: string;
}

/** Runs an action of `test/python/lake_client.py` on a table; returns what it prints. */
export async function askPython(
  action: "count" | "history" | "append" | "delete" | "overwrite",
  table: string,
  { storage, uri }: LakeAddress,
): Promise<unknown> {
  const interpreter = await providePython(() => undefined);
  // See docs/engines.md: without it some uploads to versitygw fail.
  const env = {
    LAKE: JSON.stringify({ uri, ...storage }),
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
  };
  return JSON.parse(await mustRun(interpreter, [join(folder, "lake_client.py"), action, table], { env }));
}
