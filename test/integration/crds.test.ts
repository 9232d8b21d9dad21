/**
 * The definitions of config/crd on a real API server: they are installed, structural, accept the samples, refuse with the
 * name of the field, and accept exactly what zod accepts.
 */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { specSchema } from "../../scripts/crd-manifests.ts";
import { KINDS, type KindDefinition } from "../../src/crds/kinds.ts";
import { SPEC_CASES, kindNamed, sampleOf, specOf, withField } from "../../src/crds/testdata/spec-cases.ts";
import { CHANGE_CASES, NAME_CASES } from "../../src/crds/testdata/change-cases.ts";
import { resourceName, specArbitrary } from "./crds-arbitraries.ts";
import { ApiRequests, CustomResourceApi, type Refusal } from "../support/api-requests.ts";

let requests: ApiRequests;
let api: CustomResourceApi;

/** Every refusal of this run as `field: message`, list positions as `[]`, to see that no rule went without a bad case. */
const told = new Set<string>();

/** As zod tells it: `columns.4.type: must be …`. */
function tell(refusals: readonly Refusal[]): string {
  for (const { field, message } of refusals) told.add(`${field.replace(/\[\d+\]/g, "[]")}: ${message}`);
  return refusals
    .map(({ field, message }) => `${field.replace(/^spec\.?/, "").replace(/\[(\d+)\]/g, ".$1")}: ${message}`)
    .join("\n");
}

beforeAll(async () => {
  requests = new ApiRequests(inject("apiServer"));
  api = new CustomResourceApi(requests, "crds");
  await api.createNamespace();
});

afterAll(async () => {
  await requests.close();
});

async function conditionsOf(kind: KindDefinition): Promise<readonly string[]> {
  const { status } = await api.definition(kind);
  return (status?.conditions ?? []).map((condition) => `${condition.type}=${condition.status}`);
}

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))("the definition of %s", (_, kind) => {
  it("is established, with its names, and structural", async () => {
    const conditions = await conditionsOf(kind);
    expect(conditions).toContain("NamesAccepted=True");
    expect(conditions.join()).not.toContain("NonStructuralSchema");
  });

  it("accepts the sample", async () => {
    const sample = sampleOf(kind);
    expect(tell(await api.refusals(kind, sample.metadata.name, sample.spec))).toBe("");
  });

  it("refuses a spec that is empty", async () => {
    expect(tell(await api.refusals(kind, "web", {}))).toContain("Required value");
  });

  it("refuses a field that does not exist", async () => {
    const spec = { ...sampleOf(kind).spec, colour: "red" };
    expect(tell(await api.refusals(kind, "web", spec))).toContain('unknown field "spec.colour"');
  });
});

describe("the API server", () => {
  const accepted = SPEC_CASES.filter(({ refusal }) => refusal === undefined);
  const refused = SPEC_CASES.filter(({ refusal }) => refusal !== undefined);

  it.each(accepted)("accepts $name in a spec of $kind", async (specCase) => {
    expect(tell(await api.refusals(kindNamed(specCase.kind), "web", specOf(specCase)))).toBe("");
  });

  it.each(refused)("refuses $name in a spec of $kind and names the field", async (specCase) => {
    const refusals = await api.refusals(kindNamed(specCase.kind), "web", specOf(specCase));
    expect(tell(refusals)).toMatch(specCase.refusal ?? /./);
  });

  it.each(NAME_CASES)("judges $name of $kind by $refusal", async ({ kind, metadataName, refusal }) => {
    const definition = kindNamed(kind);
    const refusals = tell(await api.refusals(definition, metadataName, sampleOf(definition).spec));
    if (refusal === undefined) expect(refusals).toBe("");
    else expect(refusals).toMatch(refusal);
  });

  it.each(CHANGE_CASES)("judges $name of $kind by $refusal", async ({ kind, path, from, to, refusal }) => {
    const definition = kindNamed(kind);
    const { spec } = sampleOf(definition);
    const steps = path.split(".");
    const change = { from: withField(spec, steps, from), to: withField(spec, steps, to) };
    const refusals = tell(await api.refusalsOfChange(definition, "changed", change));
    if (refusal === undefined) expect(refusals).toBe("");
    else expect(refusals).toMatch(refusal);
  });

  it("was given a bad case of every rule", () => {
    const unheard = KINDS.flatMap((kind) => rulesOf(kind)).filter(({ field, message }) =>
      [...told].every((refusal) => !(refusal.startsWith(`${field}: `) && refusal.endsWith(message))),
    );
    expect(unheard).toStrictEqual([]);
  });
});

interface RuledSchema {
  readonly "x-kubernetes-validations"?: readonly { readonly message: string; readonly fieldPath?: string }[];
  readonly properties?: Readonly<Record<string, RuledSchema>>;
  readonly items?: RuledSchema;
}

function rulesBelow(schema: RuledSchema, path: string): readonly Refusal[] {
  const own = (schema["x-kubernetes-validations"] ?? []).map(({ message, fieldPath }) => ({
    field: `${path}${fieldPath ?? ""}`,
    message,
  }));
  const properties = Object.entries(schema.properties ?? {});
  const below = properties.flatMap(([name, property]) => rulesBelow(property, `${path}.${name}`));
  return [...own, ...below, ...(schema.items === undefined ? [] : rulesBelow(schema.items, `${path}[]`))];
}

function rulesOf(kind: KindDefinition): readonly Refusal[] {
  const names = kind.nameRules.map(({ message }) => ({ field: "<nil>", message }));
  return [...names, ...rulesBelow(specSchema(kind), "spec")];
}

/** The value as the API server stores it: a field that is null counts as absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const present = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(present.map(([name, field]) => [name, withoutNulls(field)]));
}

/** Whether zod accepts the object whole: nothing refused, nothing stripped. */
function zodAccepts(kind: KindDefinition, name: string, spec: unknown): boolean {
  const result = kind.schema.safeParse(spec);
  return (
    result.success && isDeepStrictEqual(result.data, spec) && kind.nameRules.every((rule) => rule.holds(name))
  );
}

/** The same objects in each run; another seed is for a search by hand. */
const SEED = Number(process.env["FUZZ_SEED"] ?? 42);
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 300);

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))("random objects of the kind %s", (_, kind) => {
  it("are accepted by zod exactly when the API server accepts them", { timeout: 600_000 }, async () => {
    console.log(`fuzz of ${kind.kind}: FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}`);
    const counts = { accepted: 0, refused: 0 };
    const property = fc.asyncProperty(resourceName, specArbitrary(kind), async (name, value) => {
      const sent: unknown = JSON.parse(JSON.stringify(value)); // as it goes over the wire: no undefined, no -0
      const { refusals, stored } = await api.judge(kind, name, sent);
      const spec = withoutNulls(sent);
      if (refusals.length === 0) expect(stored).toStrictEqual(spec);
      counts[refusals.length === 0 ? "accepted" : "refused"] += 1;
      expect(zodAccepts(kind, name, spec), `the API server: ${tell(refusals)}`).toBe(refusals.length === 0);
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
    console.log(`fuzz of ${kind.kind}: ${counts.accepted} accepted and ${counts.refused} refused by both`);
    expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(RUNS / 10);
  });
});
