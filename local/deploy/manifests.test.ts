import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { PLANNER_PORTS } from "../../src/generated/endpoints.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { deployedImages } from "./platform.ts";

describe("the manifests of the operator", () => {
  it("hold no definitions: `kubectl delete -k` of the operator leaves all resources", async () => {
    const file = join(checkoutFolder, "manifests", "operator", "kustomization.yaml");
    const { resources } = parse(await readFile(file, "utf8")) as { resources: readonly string[] };
    expect(resources).toContain("deployment.yaml");
    expect(resources.filter((path) => path.includes("crd"))).toEqual([]);
  });

  it("have the SQL planner's Service at the port that its program listens at", async () => {
    const file = join(checkoutFolder, "manifests", "operator", "sql-planner.yaml");
    const documents = parseAllDocuments(await readFile(file, "utf8")).map((one) => one.toJS() as PlannerPart);
    const service = documents.find(({ kind }) => kind === "Service");
    expect(service?.spec.ports).toEqual([
      { name: PLANNER_PORTS.http.name, port: PLANNER_PORTS.http.port, targetPort: PLANNER_PORTS.http.name },
    ]);
  });
});

it.each(["engines", "engines/airflow", "operator"])(
  "every image of the manifests of %s is loaded into the cluster",
  async (name) => {
    const folder = join(checkoutFolder, "manifests", name);
    const { resources } = parse(await readFile(join(folder, "kustomization.yaml"), "utf8")) as {
      resources: readonly string[];
    };
    const files = resources.filter((path) => path.endsWith(".yaml"));
    const text = (await Promise.all(files.map(async (path) => readFile(join(folder, path), "utf8")))).join(
      "\n",
    );
    const images = [...text.matchAll(/image: openclickstream\/([^:]+):/g)].map((match) => match[1]);
    expect(images).not.toEqual([]);
    expect(deployedImages).toEqual(expect.arrayContaining(images));
  },
);

interface PlannerPart {
  readonly kind: string;
  readonly spec: { readonly ports?: readonly object[] };
}
