import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { javaMajor } from "./artifacts.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { chooseBuilder, repositoryOf } from "./builders.ts";
import { withBuildLock } from "../support/build-lock.ts";
import { imageNames, isBase, recipeOf } from "./recipes.ts";
import { imageReference } from "./build.ts";

describe("the reference of an image", () => {
  test("is prefix, name and hash", () => {
    expect(imageReference("docker.io/openclickstream", "kafka", "0a1b")).toBe(
      "docker.io/openclickstream/kafka:0a1b",
    );
  });

  test("takes a prefix that ends in a slash", () => {
    expect(imageReference("registry.example/team/", "kafka", "0a1b")).toBe(
      "registry.example/team/kafka:0a1b",
    );
  });

  test("of a base is local whatever the prefix", () => {
    expect(imageReference("registry.example/team", "base-debian", "0a1b")).toBe(
      "localhost/openclickstream/base-debian:0a1b",
    );
  });

  test("gives its repository back, also with a port in it", () => {
    expect(repositoryOf("registry.example:5000/team/kafka:0a1b")).toBe("registry.example:5000/team/kafka");
  });
});

describe("the builder", () => {
  test("is buildah unless BUILDER names Docker", () => {
    expect(chooseBuilder({}).name).toBe("buildah");
    expect(chooseBuilder({ BUILDER: "" }).name).toBe("buildah");
    expect(chooseBuilder({ BUILDER: "docker" }).name).toBe("docker");
  });

  test("must be one that is known", () => {
    expect(() => chooseBuilder({ BUILDER: "kaniko" })).toThrow(
      'BUILDER must be "buildah" or "docker", not "kaniko"',
    );
  });
});

describe("the recipes", () => {
  test("name what there is when asked for what there is not", () => {
    expect(() => recipeOf("hbase")).toThrow(/no image is named "hbase": there are collector, .*trino/);
  });

  test.each(imageNames)(
    "%s starts from a base that is one, and its Dockerfile lets Docker take a public one",
    async (name) => {
      const recipe = recipeOf(name);
      expect(isBase(recipe.base ?? "")).toBe(true);
      const dockerfile = await readFile(join(checkoutFolder, recipe.folder ?? "", "Dockerfile"), "utf8");
      expect(dockerfile).toMatch(/^ARG BASE=(docker\.io|gcr\.io)\/\S+$/m);
      expect(dockerfile).toMatch(/^FROM \$\{BASE\}$/m);
    },
  );

  test.each(imageNames)("%s runs as a numeric user who is not root", async (name) => {
    const dockerfile = await readFile(
      join(checkoutFolder, recipeOf(name).folder ?? "", "Dockerfile"),
      "utf8",
    );
    expect(dockerfile).toMatch(/^USER [1-9]\d*(:[1-9]\d*)?$/m);
  });
});

describe("the major version of a JDK", () => {
  test.each([
    ['IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.15"\nJAVA_VERSION_DATE="2025-04-15"\n', 17],
    ['JAVA_VERSION="25"\n', 25],
    ['JAVA_VERSION="1.8.0_402"\n', 1],
    ["", 0],
  ])("is read from %j", (release, major) => {
    expect(javaMajor(release)).toBe(major);
  });
});

describe("the build lock", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "openclickstream-lock-test-"));
    vi.stubEnv("OPEN_CLICKSTREAM_CACHE", folder);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  test("lets one action work at a time", async () => {
    const steps: string[] = [];
    let finishFirst = (): void => undefined;
    const firstMayEnd = new Promise<void>((resolve) => (finishFirst = resolve));
    let first: Promise<void> | undefined;
    // Two that begin at once may take the lock in either order.
    await new Promise<void>((hasBegun) => {
      first = withBuildLock(
        () => undefined,
        async () => {
          hasBegun();
          await firstMayEnd;
          steps.push("first ended");
        },
      );
    });
    const waiting = vi.fn(finishFirst);
    await withBuildLock(waiting, async () => steps.push("second began"));
    await first;
    expect(steps).toEqual(["first ended", "second began"]);
    expect(waiting).toHaveBeenCalledWith(`waiting for process ${process.pid}, which builds images`);
  });

  test("of a process that died is taken over", async () => {
    await writeFile(join(folder, "images.lock"), "4194305"); // above the largest pid of Linux
    expect(
      await withBuildLock(
        () => undefined,
        async () => "built",
      ),
    ).toBe("built");
  });

  test("is free again after an action that failed", async () => {
    const failing = withBuildLock(
      () => undefined,
      async () => Promise.reject(new Error("no space left")),
    );
    await expect(failing).rejects.toThrow("no space left");
    expect(existsSync(join(folder, "images.lock"))).toBe(false);
  });
});
