/** Reads the files of contracts/, each against its schema. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** Path of a generated file below the checkout, and its content. */
export type GeneratedFile = readonly [path: string, content: string];

/** Path of a contract below the checkout, like `contracts/names.yaml`. */
export function contractPath(name: string): string {
  return `contracts/${name}.yaml`;
}

/** The contract as its schema has it. Throws with the file, what is wrong and where. */
export function parseContract<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  yaml: string,
): z.infer<Schema> {
  const result = schema.safeParse(parse(yaml));
  if (!result.success) throw new Error(`${contractPath(name)}: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** Text of a contract in the checkout at `root`. */
export async function readContract(root: string, name: string): Promise<string> {
  return readFile(join(root, contractPath(name)), "utf8");
}

/** What stands at the beginning of a file that is made from a contract. */
export function sourceNote(name: string): string {
  return `Generated from ${contractPath(name)} by \`node scripts/generate.ts\`; do not edit.`;
}
