/** The user's cache folder: things fetched or built once, by name and content, shared by all checkouts. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { withLock, type Lock } from "./lock.ts";

/** The cache folder: OPEN_CLICKSTREAM_CACHE, or `open-clickstream` in the user's cache folder. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = environment["OPEN_CLICKSTREAM_CACHE"] ?? "";
  if (given !== "") return given;
  const userCache = environment["XDG_CACHE_HOME"] ?? "";
  return join(userCache === "" ? join(homedir(), ".cache") : userCache, "open-clickstream");
}

export interface CacheEntry {
  /** What it is, for example `kafka-jars`. */
  readonly thing: string;
  /** Version or content hash: the entry never changes once it is there. */
  readonly key: string;
}

/** The folder of a cache entry, whether it is there or not. */
export function cachedPath(entry: CacheEntry): string {
  return join(cacheFolder(), entry.thing, entry.key);
}

/**
 * Returns the folder of a cache entry. Fills it first when it is not there: `fill` writes into a temporary sibling,
 * which takes the entry's name only when all is written, so a broken fill leaves nothing. Another process that fills
 * an entry of the same thing is waited for, as two builds of Kubernetes side by side take twice as long each.
 */
export async function cached(entry: CacheEntry, fill: (directory: string) => Promise<void>): Promise<string> {
  const directory = cachedPath(entry);
  if (await markUsed(entry)) return directory;
  const silent = (): void => undefined;
  return withLock(fillLock(entry), silent, async () => {
    if (await markUsed(entry)) return directory;
    await mkdir(dirname(directory), { recursive: true });
    const building = await mkdtemp(`${directory}.building-`);
    try {
      await fill(building);
      await chmod(building, 0o755); // what goes into an image must be readable by its user
      await rename(building, directory);
    } catch (error) {
      await rm(building, { recursive: true, force: true });
      throw error;
    }
    await pruneCache(entry.thing, keptEntries);
    return directory;
  });
}

/** The wait is longer than any fill. */
function fillLock({ thing }: CacheEntry): Lock {
  return { file: join(cacheFolder(), "locks", thing), purpose: `provides ${thing}`, waitSeconds: 45 * 60 };
}

/** Notes that an entry is used, so that it is not among the first to be pruned; false when it is not there. */
export async function markUsed(entry: CacheEntry): Promise<boolean> {
  const directory = cachedPath(entry);
  if (!existsSync(directory)) return false;
  const now = new Date();
  await utimes(directory, now, now);
  return true;
}

/** Hash of named parts in any order: equal parts give an equal hash. Hexadecimal, 12 characters. */
export function hashOf(parts: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const [name, value] of Object.entries(parts).sort(([left], [right]) => (left < right ? -1 : 1))) {
    hash.update(`${name.length}:${name}${value.length}:${value}`);
  }
  return hash.digest("hex").slice(0, 12);
}

/** What does not count in the hash of a folder: names of files and folders, at any depth. */
export type Excluded = (name: string) => boolean;

/**
 * Hash of a file, or of everything below a folder: names, contents, links and which files may be executed.
 * Times and owners do not count, so a fresh clone gives the same hash.
 */
export async function hashOfPath(path: string, excluded: Excluded = () => false): Promise<string> {
  const parts: Record<string, string> = {};
  for (const file of await filesBelow(path, excluded))
    parts[relative(path, file.path)] = await fingerprint(file);
  return hashOf(parts);
}

interface FoundFile {
  readonly path: string;
  readonly isLink: boolean;
}

async function filesBelow(path: string, excluded: Excluded): Promise<FoundFile[]> {
  const found = await stat(path);
  if (!found.isDirectory()) return [{ path, isLink: false }];
  const files: FoundFile[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (excluded(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(child, excluded)));
    else files.push({ path: child, isLink: entry.isSymbolicLink() });
  }
  return files;
}

async function fingerprint(file: FoundFile): Promise<string> {
  if (file.isLink) return `link ${await readlink(file.path)}`;
  const isExecutable = ((await stat(file.path)).mode & 0o100) !== 0;
  const content = createHash("sha256")
    .update(await readFile(file.path))
    .digest("hex");
  return `${isExecutable ? "x" : "-"} ${content}`;
}

/** Enough for what a few checkouts use in turn. */
const keptEntries = 4;
/** A fill that began so long ago was killed. */
const longestFillMilliseconds = 24 * 60 * 60 * 1000;

/** Removes all but the last used entries of a thing, and what killed fills left, so that old builds do not fill the disk. */
export async function pruneCache(thing: string, keep: number): Promise<void> {
  const folder = join(cacheFolder(), thing);
  if (!existsSync(folder)) return;
  const entries = await Promise.all(
    (await readdir(folder)).map(async (name) => ({
      path: join(folder, name),
      time: (await stat(join(folder, name))).mtimeMs,
    })),
  );
  const isFill = ({ path }: { path: string }): boolean => path.includes(".building-");
  const old = [
    ...entries
      .filter((entry) => !isFill(entry))
      .sort((left, right) => right.time - left.time)
      .slice(keep),
    ...entries.filter((entry) => isFill(entry) && Date.now() - entry.time > longestFillMilliseconds),
  ];
  await Promise.all(old.map(async (entry) => rm(entry.path, { recursive: true, force: true })));
}
