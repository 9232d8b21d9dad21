import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { javaMajor } from "./artifacts.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { chooseBuilder, repositoryOf } from "./builders.ts";
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

  test("starts from local bases, Docker from those that BASES names", () => {
    expect(chooseBuilder({}).usesLocalBases).toBe(true);
    expect(chooseBuilder({ BUILDER: "docker" }).usesLocalBases).toBe(false);
    expect(chooseBuilder({ BUILDER: "docker", BASES: "public" }).usesLocalBases).toBe(false);
    expect(chooseBuilder({ BUILDER: "docker", BASES: "local" }).usesLocalBases).toBe(true);
    expect(() => chooseBuilder({ BASES: "public" })).toThrow("BASES=public needs BUILDER=docker");
    expect(() => chooseBuilder({ BASES: "none" })).toThrow('BASES must be "local" or "public", not "none"');
  });

  test("must be one that is known", () => {
    expect(() => chooseBuilder({ BUILDER: "kaniko" })).toThrow(
      'BUILDER must be "buildah" or "docker", not "kaniko"',
    );
  });
});

describe("the recipes", () => {
  test("name what there is when asked for what there is not", () => {
    expect(() => recipeOf("cassandra")).toThrow(
      /no image is named "cassandra": there are collector, .*airflow, trino/,
    );
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
