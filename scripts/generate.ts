/**
 * `node scripts/generate.ts` writes every generated file that is stale; with `--check` it writes nothing, names the stale
 * files and exits 1 when there are any.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { generatedFiles, staleFiles } from "./generated-files.ts";

async function main(root: string, isCheck: boolean): Promise<number> {
  const stale = await staleFiles(root);
  if (isCheck) {
    for (const path of stale) process.stderr.write(`stale: ${path} (run: node scripts/generate.ts)\n`);
    return stale.length === 0 ? 0 : 1;
  }
  const contents = await generatedFiles(root);
  for (const path of stale) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), contents.get(path) ?? "");
    process.stdout.write(`written: ${path}\n`);
  }
  return 0;
}

const root = resolve(import.meta.dirname, "..");
process.exitCode = await main(root, process.argv.includes("--check"));
