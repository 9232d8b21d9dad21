import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cached, cacheFolder, hashOf, hashOfPath, markUsed, pruneCache } from "./cache.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openclickstream-cache-test-"));
  vi.stubEnv("OPEN_CLICKSTREAM_CACHE", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe("the cache folder", () => {
  test("is the one that OPEN_CLICKSTREAM_CACHE names", () => {
    expect(cacheFolder({ OPEN_CLICKSTREAM_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
  });

  test("lies in the user's cache folder otherwise", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe("/b/open-clickstream");
    expect(cacheFolder({ XDG_CACHE_HOME: "" })).toMatch(/\/\.cache\/open-clickstream$/);
  });
});

describe("a cache entry", () => {
  const entry = { thing: "jars", key: "abc" };

  test("is filled once", async () => {
    const fill = vi.fn(async (directory: string) => writeFile(join(directory, "file"), "content"));
    const first = await cached(entry, fill);
    expect(await cached(entry, fill)).toBe(first);
    expect(fill).toHaveBeenCalledTimes(1);
    expect(await readFile(join(first, "file"), "utf8")).toBe("content");
  });

  test("that cannot be filled leaves nothing behind", async () => {
    const fill = async (directory: string): Promise<void> => {
      await writeFile(join(directory, "half"), "");
      throw new Error("the registry is down");
    };
    await expect(cached(entry, fill)).rejects.toThrow("the registry is down");
    expect(await readdir(join(folder, "jars"))).toEqual([]);
  });

  test("that two want at once is filled by one, and both get it", async () => {
    const fill = vi.fn(async (directory: string) => writeFile(join(directory, "file"), "content"));
    const [left, right] = await Promise.all([cached(entry, fill), cached(entry, fill)]);
    expect(left).toBe(right);
    expect(fill).toHaveBeenCalledTimes(1);
    expect(await readdir(join(folder, "jars"))).toEqual(["abc"]);
  });

  test("that was used last survives pruning, and what a killed fill left does not", async () => {
    for (const [index, key] of ["used", "middle", "new", "a.building-killed"].entries()) {
      const directory = await cached({ thing: "images", key }, async () => undefined);
      await utimes(directory, index + 1, index + 1);
    }
    await mkdir(join(folder, "images", "b.building-at-work"));
    expect(await markUsed({ thing: "images", key: "used" })).toBe(true);
    expect(await markUsed({ thing: "images", key: "never-made" })).toBe(false);
    await pruneCache("images", 2);
    expect((await readdir(join(folder, "images"))).sort()).toEqual(["b.building-at-work", "new", "used"]);
  });
});

describe("the hash of parts", () => {
  test("does not depend on their order", () => {
    expect(hashOf({ a: "1", b: "2" })).toBe(hashOf({ b: "2", a: "1" }));
  });

  test("tells where a name ends and a value begins", () => {
    expect(hashOf({ ab: "c" })).not.toBe(hashOf({ a: "bc" }));
    expect(hashOf({ a: "1", b: "2" })).not.toBe(hashOf({ a: "1b", "": "2" }));
  });

  test("is short enough for a tag", () => {
    expect(hashOf({})).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("the hash of a folder", () => {
  const makeTree = async (name: string): Promise<string> => {
    const tree = join(folder, name);
    await mkdir(join(tree, "bin"), { recursive: true });
    await writeFile(join(tree, "bin", "run"), "#!/bin/sh");
    await chmod(join(tree, "bin", "run"), 0o755);
    await symlink("run", join(tree, "bin", "link"));
    return tree;
  };

  test("is the same for a copy made at another time in another place", async () => {
    const [left, right] = [await makeTree("left"), await makeTree("right")];
    await utimes(join(left, "bin", "run"), 1, 1);
    expect(await hashOfPath(left)).toBe(await hashOfPath(right));
  });

  test.each([
    ["a changed file", async (tree: string) => writeFile(join(tree, "bin", "run"), "#!/bin/bash")],
    ["a new file", async (tree: string) => writeFile(join(tree, "new"), "")],
    ["a file that may no longer be executed", async (tree: string) => chmod(join(tree, "bin", "run"), 0o644)],
    [
      "a link that points elsewhere",
      async (tree: string) => {
        await rm(join(tree, "bin", "link"));
        await symlink("elsewhere", join(tree, "bin", "link"));
      },
    ],
  ])("changes with %s", async (_what, change) => {
    const tree = await makeTree("tree");
    const before = await hashOfPath(tree);
    await change(tree);
    expect(await hashOfPath(tree)).not.toBe(before);
  });

  test("does not count what is excluded, at any depth", async () => {
    const tree = await makeTree("tree");
    const isBuilt = (name: string): boolean => name === "target";
    const before = await hashOfPath(tree, isBuilt);
    await mkdir(join(tree, "bin", "target"));
    await writeFile(join(tree, "bin", "target", "built"), "");
    expect(await hashOfPath(tree, isBuilt)).toBe(before);
    expect(await hashOfPath(tree)).not.toBe(before);
  });
});
