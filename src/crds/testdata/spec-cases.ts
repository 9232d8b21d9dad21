/** Specs that are valid or not, as one changed field each of the kind's sample; read by unit and integration tests. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { KINDS, type KindDefinition, type Resource } from "../kinds.ts";
import type { FieldCase, SpecCase } from "./spec-case.ts";
import { DATA_PRODUCT_CASES } from "./data-product-cases.ts";
import { DATA_PLATFORM_CASES } from "./data-platform-cases.ts";
import { EVENT_STREAM_CASES } from "./event-stream-cases.ts";
import { LAKE_TABLE_CASES } from "./lake-table-cases.ts";
import { BOUNDARY_CASES } from "./boundary-cases.ts";
import { CLICKSTREAM_PIPELINE_CASES } from "./clickstream-pipeline-cases.ts";
import { QUERY_CLUSTER_CASES } from "./query-cluster-cases.ts";
import { SERVING_TABLE_CASES } from "./serving-table-cases.ts";

/** File name of a kind without its extension, the same in src/crds, config and docs. */
export function fileNameOf(kind: KindDefinition): string {
  return kind.kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}

type Sample = Resource<Record<string, unknown>, unknown>;

const SAMPLES = join(import.meta.dirname, "../../../config/samples");

function readSample(file: string): Sample {
  return parse(readFileSync(join(SAMPLES, file), "utf8")) as Sample;
}

/** The kind's example of config/samples. */
export function sampleOf(kind: KindDefinition): Sample {
  return readSample(`${fileNameOf(kind)}.yaml`);
}

/** All of config/samples that show one more side of a kind, by their files. */
export const FURTHER_SAMPLES: readonly (readonly [string, Sample])[] = readdirSync(SAMPLES)
  .filter((file) => !KINDS.some((kind) => file === `${fileNameOf(kind)}.yaml`))
  .map((file) => [file, readSample(file)]);

/** Definition of a kind by its name. */
export function kindNamed(name: string): KindDefinition {
  const kind = KINDS.find((candidate) => candidate.kind === name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** Sets the field at `path` of a copy of `value`; undefined takes it away. */
export function withField(value: unknown, path: readonly (string | number)[], field: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return field;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...(value as unknown[])]
    : { ...(value as Record<string, unknown> | undefined) };
  const record = copy as Record<string | number, unknown>;
  record[head] = withField(record[head], rest, field);
  if (record[head] === undefined) Reflect.deleteProperty(copy, head);
  return copy;
}

function casesOf(kind: string, cases: readonly FieldCase[]): readonly SpecCase[] {
  return cases.map((fieldCase) => ({ kind, ...fieldCase }));
}

export const SPEC_CASES: readonly SpecCase[] = [
  ...casesOf("DataPlatform", DATA_PLATFORM_CASES),
  ...casesOf("EventStream", EVENT_STREAM_CASES),
  ...casesOf("LakeTable", LAKE_TABLE_CASES),
  ...casesOf("ClickstreamPipeline", CLICKSTREAM_PIPELINE_CASES),
  ...casesOf("QueryCluster", QUERY_CLUSTER_CASES),
  ...casesOf("DataProduct", DATA_PRODUCT_CASES),
  ...casesOf("ServingTable", SERVING_TABLE_CASES),
  ...BOUNDARY_CASES,
];

/** The spec of a case. */
export function specOf({ kind, path, value }: SpecCase): Record<string, unknown> {
  const steps = (path === "" ? [] : path.split(".")).map((step) =>
    /^\d+$/.test(step) ? Number(step) : step,
  );
  return withField(sampleOf(kindNamed(kind)).spec, steps, value) as Record<string, unknown>;
}
