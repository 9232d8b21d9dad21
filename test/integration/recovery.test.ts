/** A pipeline whose table is dropped in a real catalog, under an operator that notices it and carries a recovery out. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clickstreamPipelineKind } from "../../src/crds/kinds.ts";
import { CHILD_TYPES } from "../../src/targets/kubernetes/child.ts";
import { peer } from "../support/catalog-peer.ts";
import { ComposingOperator } from "./composing-operator.ts";

const NAMESPACE = "recoveries";
const SPEC = { platformRef: { name: "main" }, processing: { executors: 0 } };

let operator: ComposingOperator;

beforeAll(async () => {
  operator = await ComposingOperator.start(NAMESPACE);
  await operator.applyPlatform();
});
afterAll(async () => {
  await operator.stop();
});

describe("a pipeline whose table is dropped", () => {
  it("names it, and after a recovery starts its job on the new one with a new checkpoint", async () => {
    await operator.apply(clickstreamPipelineKind, "web", SPEC);
    const before = await operator.waitFor(
      clickstreamPipelineKind,
      "web",
      ({ status }) => status?.["tableIds"] !== undefined,
    );
    await operator.waitFor(CHILD_TYPES.StatefulSet, "web-stream", () => true);
    await peer.dropTable(NAMESPACE, "web_events");
    const broken = await operator.waitForCondition(clickstreamPipelineKind, "web", {
      type: "Stalled",
      status: "True",
      reason: "TableReplaced",
    });
    expect(JSON.stringify(broken.status?.conditions)).toContain(
      "kubectl clickstream recover web -n recoveries",
    );
    expect(broken.status?.["tableIds"]).toEqual(before.status?.["tableIds"]);
    const metadata = { annotations: { "openclickstream.io/recover": "a1" } };
    await operator.change(clickstreamPipelineKind, "web", { metadata, spec: SPEC });
    const recovered = await operator.waitForCondition(clickstreamPipelineKind, "web", {
      type: "TablesReady",
      status: "True",
    });
    expect(recovered.status).toMatchObject({ recovery: { id: "a1", readAgain: true } });
    expect(recovered.status?.["tableIds"]).not.toEqual(before.status?.["tableIds"]);
    const files = await operator.get(CHILD_TYPES.ConfigMap, "web-stream");
    expect(JSON.parse(files.data?.["job.json"] ?? "")).toMatchObject({
      checkpoint: expect.stringMatching(/\/checkpoints\/recoveries\/web\/recovery-a1$/) as string,
      recoveryId: "a1",
      readAgain: true,
    });
  });
});
