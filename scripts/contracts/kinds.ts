/** Go source from the kinds: their names, annotations, the conditions that all have, and where the fields are that Go reads. Pure. */
import { RUNTIME_CONDITION_TYPES } from "../../src/api/conditions.ts";
import type { KindDefinition } from "../../src/crds/kinds.ts";
import { ANNOTATIONS } from "../../src/naming/marks.ts";
import { customResourceDefinition, type OpenApiSchema } from "../crd-manifests.ts";
import { goComment, goConstants, goFile, goName, goText, goVariables } from "./go.ts";
import type { GeneratedFile } from "./source.ts";

/** What Go reads of specs. Of a status it may read everything. */
const READ_OF_SPEC: Readonly<Record<string, readonly string[]>> = {
  ClickstreamPipeline: ["platformRef.name", "tables.database", "tables.prefix"],
  DataProduct: ["incremental.newDataBy", "refresh.schedule", "suspend"],
  LakeTable: ["database"],
  QueryCluster: ["flight.users.secretRef.name", "platformRef.name"],
  ServingTable: ["platformRef.name"],
};

/** The file of kinds. A field is called by its kind and its path: `ClickstreamPipelineStatusJobLag`. */
export function kindsFile(kinds: readonly KindDefinition[]): GeneratedFile {
  const groups = [...new Set(kinds.map(({ group, version }) => `${group}/${version}`))];
  const [[group = "", version = ""] = []] = groups.map((name) => name.split("/"));
  if (groups.length !== 1) throw new Error(`kinds of several groups or versions: ${groups.join(", ")}`);
  const declarations = [
    goConstants("Where the kinds are in Kubernetes' API.", [
      { name: "Group", value: goText(group), doc: "The group of all kinds." },
      { name: "Version", value: goText(version), doc: "The version of all kinds." },
    ]),
    `${goComment("Kind is a kind as a manifest calls it, and as an address does.")}type Kind struct{ Name, Plural string }\n`,
    goVariables(
      "The kinds.",
      kinds.map(({ kind, plural }) => ({
        name: `Kind${kind}`,
        value: `Kind{${goText(kind)}, ${goText(plural)}}`,
      })),
    ),
    goConstants(
      "Annotations that people set.",
      Object.entries(ANNOTATIONS).map(([name, annotation]) => ({
        name: `Annotation${goName(name)}`,
        value: goText(annotation),
        doc: `The annotation ${annotation}.`,
      })),
    ),
    goConstants(
      "Types of the conditions that every kind has.",
      RUNTIME_CONDITION_TYPES.map((type) => ({
        name: `Condition${type}`,
        value: goText(type),
        doc: `The condition ${type}.`,
      })),
    ),
    ...kinds.map((kind) =>
      goVariables(
        `Fields of ${kind.kind}.`,
        pathsOf(kind).map((path) => ({
          name: `${kind.kind}${path.map(goName).join("")}`,
          value: `[]string{${path.map(goText).join(", ")}}`,
        })),
      ),
    ),
  ];
  return goFile("kinds", declarations, "src/crds");
}

function pathsOf(kind: KindDefinition): readonly (readonly string[])[] {
  const { spec = {}, status = {} } =
    customResourceDefinition(kind).spec.versions[0]?.schema.openAPIV3Schema.properties ?? {};
  const known = new Set(scalarPaths(spec, ["spec"]).map((path) => path.join(".")));
  const read = (READ_OF_SPEC[kind.kind] ?? []).map((path) => `spec.${path}`);
  const unknown = read.filter((path) => !known.has(path));
  if (unknown.length > 0) throw new Error(`${kind.kind} has no field ${unknown.join(", ")}`);
  return [...read.map((path) => path.split(".")), ...scalarPaths(status, ["status"])];
}

/** The fields that hold one value, outside of lists and maps. */
function scalarPaths(schema: OpenApiSchema, path: readonly string[]): readonly (readonly string[])[] {
  if (schema.properties === undefined) {
    return schema.type === "array" || schema.type === "object" ? [] : [path];
  }
  return Object.entries(schema.properties).flatMap(([name, field]) => scalarPaths(field, [...path, name]));
}
