import { describe, expect, it } from "vitest";
import { findTerminalError } from "../runtime/errors.ts";
import type { GivenPodTemplate, OwnTemplate } from "./pod-template.ts";
import { withPodTemplate } from "./pod-template.ts";

const SPREAD = {
  maxSkew: 1,
  topologyKey: "kubernetes.io/hostname",
  whenUnsatisfiable: "ScheduleAnyway",
  labelSelector: { matchLabels: { app: "ours" } },
};
const OWN: OwnTemplate = {
  metadata: { labels: { app: "ours" }, annotations: { "openclickstream.io/secrets-hash": "1" } },
  spec: {
    topologySpreadConstraints: [SPREAD],
    containers: [{ name: "main", env: [{ name: "OURS", value: "1" }] }, { name: "side" }],
  },
};
const FIELD = { field: "spec.podTemplate", variables: ["ELSEWHERE"] };

function merged(given: GivenPodTemplate): OwnTemplate {
  return withPodTemplate(OWN, given, FIELD);
}

describe("what a manifest says of pods", () => {
  it("is nothing when it says nothing", () => {
    expect(merged(undefined)).toBe(OWN);
  });

  it("stands beside the labels and annotations that the operator sets", () => {
    const { metadata } = merged({ labels: { team: "a" }, annotations: { "policy/owner": "b" } });
    expect(metadata).toEqual({
      labels: { team: "a", app: "ours" },
      annotations: { "policy/owner": "b", "openclickstream.io/secrets-hash": "1" },
    });
  });

  it("puts pods where it says", () => {
    const given = {
      nodeSelector: { pool: "stream" },
      tolerations: [{ key: "dedicated", operator: "Exists" as const, effect: "NoSchedule" as const }],
      priorityClassName: "high",
      runtimeClassName: "gvisor",
      imagePullSecrets: [{ name: "registry" }],
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "topology.kubernetes.io/zone" }],
        },
      },
    };
    expect(merged(given).spec).toEqual({ ...OWN.spec, ...given });
  });

  it("spreads the workload's own pods, and replaces the operator's spread over the same places only", () => {
    const zone = { maxSkew: 2, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" as const };
    const host = { ...zone, topologyKey: SPREAD.topologyKey };
    const labelSelector = { matchLabels: { app: "ours" } };
    const spread = (given: GivenPodTemplate): unknown => merged(given).spec.topologySpreadConstraints;
    expect(spread({ topologySpreadConstraints: [zone] })).toEqual([SPREAD, { ...zone, labelSelector }]);
    expect(spread({ topologySpreadConstraints: [host] })).toEqual([{ ...host, labelSelector }]);
  });

  it("gives the main container further variables, from Secrets too", () => {
    const env = [
      { name: "HTTP_PROXY", value: "http://proxy:3128" },
      { name: "KEY", secretRef: { name: "keys", key: "one" } },
    ];
    expect(merged({ env }).spec.containers).toEqual([
      {
        name: "main",
        env: [
          { name: "OURS", value: "1" },
          { name: "HTTP_PROXY", value: "http://proxy:3128" },
          { name: "KEY", valueFrom: { secretKeyRef: { name: "keys", key: "one" } } },
        ],
      },
      { name: "side" },
    ]);
  });

  it.each<[string, GivenPodTemplate, string]>([
    [
      "a label that selects the pods",
      { labels: { app: "mine" } },
      'spec.podTemplate.labels must not hold "app"',
    ],
    [
      "an annotation of the operator's",
      { annotations: { "openclickstream.io/job-hash": "x" } },
      'spec.podTemplate.annotations must not hold "openclickstream.io/job-hash"',
    ],
    [
      "a variable that the operator sets",
      { env: [{ name: "OURS", value: "2" }] },
      'spec.podTemplate.env must not hold "OURS"',
    ],
    [
      "a variable that is set elsewhere",
      { env: [{ name: "ELSEWHERE", value: "2" }] },
      'spec.podTemplate.env must not hold "ELSEWHERE"',
    ],
  ])("cannot be %s", (_title, given, message) => {
    let refused: unknown;
    try {
      merged(given);
    } catch (error) {
      refused = error;
    }
    expect(findTerminalError(refused)?.message).toContain(message);
  });
});
