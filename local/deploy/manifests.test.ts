import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkoutFolder } from "../support/checkout.ts";

describe("the manifests of the operator", () => {
  it("hold no definitions: `kubectl delete -k` of the operator leaves all resources", async () => {
    const file = join(checkoutFolder, "manifests", "operator", "kustomization.yaml");
    const { resources } = parse(await readFile(file, "utf8")) as { resources: readonly string[] };
    expect(resources).toContain("deployment.yaml");
    expect(resources.filter((path) => path.includes("crd"))).toEqual([]);
  });
});
