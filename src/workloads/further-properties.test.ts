import { describe, expect, it } from "vitest";
import { withFurtherProperties } from "./further-properties.ts";

const OWN = { "http-server.http.port": 8080, "discovery.uri": undefined };
const LEFT = { field: "spec.config", own: OWN, kept: /^node\./ };

describe("settings of an engine that a manifest gives", () => {
  it("stand beside the operator's", () => {
    const given = { "query.max-memory": "2GB" };
    expect(withFurtherProperties({ ...LEFT, given })).toEqual({ ...OWN, ...given });
    expect(withFurtherProperties({ ...LEFT, given: undefined })).toEqual(OWN);
  });

  it.each([
    ["http-server.http.port", "80", "the operator sets it"],
    ["discovery.uri", "x", "the operator sets it"],
    ["node.id", "1", "the operator sets it"],
    ["a b", "1", "no name of a property"],
    ["query.max-memory", "${ENV:AWS_SECRET_ACCESS_KEY}", "would read variables of the pod"],
  ])("cannot be %s=%s", (name, value, problem) => {
    expect(() => withFurtherProperties({ ...LEFT, given: { [name]: value } })).toThrow(problem);
  });
});
