/**
 * `node scripts/robots.ts` writes the stream job's list of robots from the package crawler-user-agents at the version below, which
 * npm fetches. It is run by hand when the version changes; docs/adr/0814-robots-by-a-kept-list.md says why.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";

const VERSION = "1.60.0";
const TARGET = resolve(import.meta.dirname, "../java/stream-job/src/main/resources/robots.tsv");

/** Classes of the column bot_class and the list's tags that make them; of several that fit the first one counts. */
const CLASSES: readonly (readonly [string, readonly string[]])[] = [
  ["ai", ["ai-crawler"]],
  ["search", ["search-engine"]],
  ["preview", ["social-preview"]],
  ["monitoring", ["monitoring"]],
  ["scanner", ["scanner"]],
  ["library", ["http-library", "browser-automation"]],
  ["other", []],
];

const robots = z.array(z.object({ pattern: z.string().min(1), tags: z.array(z.string()).default([]) }));

function classOf(tags: readonly string[]): string {
  return CLASSES.find(([, wanted]) => wanted.some((tag) => tags.includes(tag)))?.[0] ?? "other";
}

function table(list: z.infer<typeof robots>, license: string): string {
  const order = CLASSES.map(([name]) => name);
  const lines = list
    .map(({ pattern, tags }) => ({ pattern, robotClass: classOf(tags) }))
    .sort((one, other) => order.indexOf(one.robotClass) - order.indexOf(other.robotClass))
    .map(({ pattern, robotClass }) => `${robotClass}\t${pattern}\n`);
  const header = [
    `Written by \`node scripts/robots.ts\` from crawler-user-agents ${VERSION}; do not edit. Class, tab, expression.`,
    "",
    ...license.trim().split("\n"),
  ].map((line) => `# ${line}`.trimEnd());
  return `${header.join("\n")}\n${lines.join("")}`;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "openclickstream-robots-"));
  try {
    execFileSync("npm", ["pack", `crawler-user-agents@${VERSION}`, "--silent"], { cwd: folder });
    execFileSync("tar", ["xzf", `crawler-user-agents-${VERSION}.tgz`], { cwd: folder });
    const list = robots.parse(
      JSON.parse(await readFile(join(folder, "package/crawler-user-agents.json"), "utf8")),
    );
    await writeFile(TARGET, table(list, await readFile(join(folder, "package/LICENSE"), "utf8")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
