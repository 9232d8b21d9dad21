import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { HBASE_PORTS, PLANNER_PORTS } from "../../src/generated/endpoints.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { deployedImages } from "./platform.ts";

describe("the manifests of the operator", () => {
  it("hold no definitions: `kubectl delete -k` of the operator leaves all resources", async () => {
    const file = join(checkoutFolder, "manifests", "operator", "kustomization.yaml");
    const { resources } = parse(await readFile(file, "utf8")) as { resources: readonly string[] };
    expect(resources).toContain("deployment.yaml");
    expect(resources.filter((path) => path.includes("crd"))).toEqual([]);
  });

  it.each([
    ["the SQL planner's Service", "sql-planner.yaml", PLANNER_PORTS.http],
    ["the Service of HBase's administration", "hbase-admin/hbase-admin.yaml", HBASE_PORTS.http],
  ])("have %s at the port that its program listens at", async (_service, path, { name, port }) => {
    const file = join(checkoutFolder, "manifests", "operator", path);
    const documents = parseAllDocuments(await readFile(file, "utf8")).map((one) => one.toJS() as ServicePart);
    const service = documents.find(({ kind }) => kind === "Service");
    expect(service?.spec.ports).toEqual([{ name, port, targetPort: name }]);
  });
});

it.each(["engines", "engines/airflow", "engines/hbase", "operator", "operator/hbase-admin"])(
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

interface ServicePart {
  readonly kind: string;
  readonly spec: { readonly ports?: readonly object[] };
}
