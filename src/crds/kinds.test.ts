import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { KINDS } from "./kinds.ts";
import type { SpecCase } from "./testdata/spec-case.ts";
import {
  FURTHER_SAMPLES,
  SPEC_CASES,
  kindNamed,
  fileNameOf,
  sampleOf,
  specOf,
} from "./testdata/spec-cases.ts";

/** Path and message of everything that zod refuses. */
function refusals(specCase: SpecCase): readonly string[] {
  const result = kindNamed(specCase.kind).schema.safeParse(specOf(specCase));
  return result.success
    ? []
    : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
}

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))("%s", (_, kind) => {
  it("accepts its sample whole", () => {
    const sample = sampleOf(kind);
    expect(kind.schema.parse(sample.spec)).toStrictEqual(sample.spec);
    expect([sample.apiVersion, sample.kind]).toStrictEqual([`${kind.group}/${kind.version}`, kind.kind]);
  });

  it("accepts the example of its page", () => {
    const page = readFileSync(
      join(import.meta.dirname, "../../docs/kinds", `${fileNameOf(kind)}.md`),
      "utf8",
    );
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const manifest = parse(example) as { kind: string; spec: unknown };
    expect(manifest.kind).toBe(kind.kind);
    expect(kind.schema.parse(manifest.spec)).toStrictEqual(manifest.spec);
  });

  it("refuses a spec that is empty", () => {
    expect(kind.schema.safeParse({}).success).toBe(false);
  });

  it("begins its columns with Ready and ends them with Message and Age", () => {
    const names = kind.printerColumns.map((column) => column.name);
    expect([names[0], ...names.slice(-2)]).toStrictEqual(["Ready", "Message", "Age"]);
  });
});

describe("a further sample", () => {
  it.each(FURTHER_SAMPLES)("%s is accepted whole", (_, sample) => {
    expect(kindNamed(sample.kind).schema.parse(sample.spec)).toStrictEqual(sample.spec);
  });
});

describe("the short names", () => {
  it("are those of no kind that is widely installed beside ours", () => {
    // External Secrets and Elastic; Kubernetes' own and Strimzi's follow.
    const taken = [
      "es",
      "ess",
      "po",
      "svc",
      "sts",
      "deploy",
      "cm",
      "sa",
      "ev",
      "ds",
      "rs",
      "kt",
      "ku",
      "kc",
      "k",
    ];
    const ours = KINDS.flatMap(({ shortNames }) => shortNames);
    expect(ours).toStrictEqual(["dp", "evs", "lt", "csp", "qc", "product", "svt"]);
    expect(ours.filter((name) => taken.includes(name))).toStrictEqual([]);
  });
});

describe("a spec", () => {
  const accepted = SPEC_CASES.filter(({ refusal }) => refusal === undefined);
  const refused = SPEC_CASES.filter(({ refusal }) => refusal !== undefined);

  it.each(accepted)("$kind accepts $name", (specCase) => {
    expect(refusals(specCase)).toStrictEqual([]);
  });

  it.each(refused)("$kind refuses $name and names the field", (specCase) => {
    expect(refusals(specCase).join("\n")).toMatch(specCase.refusal ?? /./);
  });
});
