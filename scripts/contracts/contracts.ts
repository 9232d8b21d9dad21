/** Every file that is generated from the folder contracts/. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { format } from "prettier";
import { eventModelFiles, eventModelModule, parseEventModel } from "./event-model.ts";
import { goPackageFile } from "./go.ts";
import { namesFiles, namesModule, parseNames } from "./names.ts";
import { parseRawRecord, rawRecordFiles, rawRecordModule, rawRecordSections } from "./raw-record.ts";
import { type GeneratedFile, readContract, sourceNote } from "./source.ts";
import { fillSections } from "./text.ts";

/** Where generated TypeScript goes. */
const TYPESCRIPT_FOLDER = "src/generated";

async function typeScriptModule(contract: string, source: string): Promise<GeneratedFile> {
  const whole = `/** ${sourceNote(contract)} */\n\n${source}`;
  return [
    `${TYPESCRIPT_FOLDER}/${contract}.ts`,
    await format(whole, { parser: "typescript", printWidth: 110 }),
  ];
}

/** Every file that is made of the contracts in the checkout at `root`: path below it, and content. */
export async function contractFiles(root: string): Promise<readonly GeneratedFile[]> {
  const model = parseEventModel(await readContract(root, "event-model"));
  const record = parseRawRecord(await readContract(root, "raw-record"));
  const names = parseNames(await readContract(root, "names"));
  const failures = model.failureReasons
    .filter(({ collector }) => collector === true)
    .map(({ reason }) => reason);
  const page = "docs/collector.md";
  const sections = rawRecordSections(record, failures);
  return [
    await typeScriptModule("event-model", eventModelModule(model)),
    await typeScriptModule("raw-record", rawRecordModule(record)),
    await typeScriptModule("names", namesModule(names)),
    goPackageFile(),
    ...eventModelFiles(model),
    ...rawRecordFiles(record),
    ...namesFiles(names),
    [page, fillSections(page, await readFile(join(root, page), "utf8"), sections)],
  ];
}
