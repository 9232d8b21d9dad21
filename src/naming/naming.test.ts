import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { eventStreamKind } from "../crds/kinds.ts";
import { boundedName, boundedNameWithSuffix } from "./bounded.ts";
import { childResourceName, ownWorkloadName, pipelineChildNames, workloadName } from "./children.ts";
import { fieldManagerOf, finalizerOf, managedLabels, ownerLabel } from "./marks.ts";
import {
  defaultDatabaseName,
  defaultTableLocation,
  defaultTablePrefix,
  formatTable,
  parseTableIdentifier,
} from "./tables.ts";
import { defaultTopicName } from "./topics.ts";

/** Cases that the Go tests of the command-line tool run as well. */
const VECTORS = z
  .object({
    children: z.array(
      z.object({ name: z.string(), pipeline: z.string(), children: z.record(z.string(), z.string()) }),
    ),
    tables: z.array(
      z.object({ namespace: z.string(), pipeline: z.string(), database: z.string(), prefix: z.string() }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../contracts/vectors/names.json"), "utf8")));

const resourceName = fc
  .stringMatching(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
  .filter((name) => name.length <= 253);

describe("a bounded name", () => {
  it("is left alone when it fits", () => {
    expect(boundedName("web-events", 10)).toBe("web-events");
  });

  it("ends in a hash of the whole when it does not fit", () => {
    expect(boundedName("a-very-long-name", 14)).toBe("a-ver-6c158842");
  });

  it("never exceeds its length and is the same each time", () => {
    fc.assert(
      fc.property(resourceName, fc.integer({ min: 12, max: 80 }), (name, length) => {
        const bounded = boundedName(name, length);
        expect(bounded.length).toBeLessThanOrEqual(length);
        expect(boundedName(name, length)).toBe(bounded);
      }),
    );
  });

  it("differs for names that differ only beyond the cut", () => {
    expect(boundedName(`${"x".repeat(60)}a`, 52)).not.toBe(boundedName(`${"x".repeat(60)}b`, 52));
  });

  it("keeps the suffix whole", () => {
    expect(boundedNameWithSuffix("x".repeat(60), "-collector", 52)).toMatch(/^x+-[0-9a-f]{8}-collector$/);
  });
});

describe("names of children", () => {
  it.each(VECTORS.children)(
    "are those that the command-line tool looks for: $name",
    ({ pipeline, children }) => {
      expect(pipelineChildNames(pipeline)).toEqual(children);
    },
  );

  it("follow the pipeline's name", () => {
    expect(pipelineChildNames("web")).toEqual({
      rawStream: "web-raw",
      events: "web-events",
      failedEvents: "web-failed-events",
      duplicateEvents: "web-duplicate-events",
      collector: "web-collector",
      collectorInternal: "web-collector-internal",
      streamJob: "web-stream",
      profiles: "web-profiles",
      profileApi: "web-profile-api",
    });
  });

  it("are DNS labels of at most 52 characters for workloads, whatever the parent is called", () => {
    fc.assert(
      fc.property(resourceName, (name) => {
        for (const workload of [workloadName(name, "collector"), ownWorkloadName(name)]) {
          expect(workload).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
          expect(workload.length).toBeLessThanOrEqual(52);
        }
        expect(childResourceName(name, "raw").length).toBeLessThanOrEqual(253);
      }),
    );
  });
});

describe("marks", () => {
  it("label every made object with its owner", () => {
    expect(managedLabels("ClickstreamPipeline", "web")).toEqual({
      "app.kubernetes.io/managed-by": "openclickstream",
      "openclickstream.io/clickstreampipeline": "web",
    });
  });

  it("cut a label value that Kubernetes would refuse", () => {
    expect(managedLabels("LakeTable", "t".repeat(253))[ownerLabel("LakeTable")]).toHaveLength(63);
  });

  it("name field managers and finalizers", () => {
    expect([fieldManagerOf(eventStreamKind), finalizerOf(eventStreamKind)]).toEqual([
      "openclickstream-eventstream",
      "openclickstream.io/eventstream",
    ]);
  });
});

describe("a topic's name", () => {
  it("is namespace.name by default", () => {
    expect(defaultTopicName({ namespace: "quickstart", name: "web-raw" })).toBe("quickstart.web-raw");
  });

  it("is cut with a hash where Kafka would refuse it", () => {
    expect(defaultTopicName({ namespace: "n".repeat(63), name: "x".repeat(253) })).toHaveLength(249);
  });
});

describe("a table's name", () => {
  it("is database.table", () => {
    const parsed = parseTableIdentifier({ database: "quickstart", table: "web_events" });
    expect("identifier" in parsed && formatTable(parsed.identifier)).toBe("quickstart.web_events");
  });

  it.each([
    [{ database: "a.b", table: "t" }, "database"],
    [{ database: "a", table: "t/../u" }, "table"],
    [{ database: "a", table: "" }, "table"],
    [{ database: "-a", table: "t" }, "database"],
  ])("is refused in %j, and the field is named", (text, field) => {
    expect(parseTableIdentifier(text)).toMatchObject({ field });
  });

  it("has defaults made of the namespace and the pipeline", () => {
    expect([defaultDatabaseName("my-shop"), defaultTablePrefix("web-eu.v2")]).toEqual([
      "my_shop",
      "web_eu_v2_",
    ]);
  });

  it.each(VECTORS.tables)(
    "has the defaults that the command-line tool looks for: $namespace/$pipeline",
    ({ namespace, pipeline, database, prefix }) => {
      expect({ database: defaultDatabaseName(namespace), prefix: defaultTablePrefix(pipeline) }).toEqual({
        database,
        prefix,
      });
    },
  );

  it("has a place under the bucket", () => {
    const parsed = parseTableIdentifier({ database: "shop", table: "web_events" });
    expect("identifier" in parsed && defaultTableLocation("lake", parsed.identifier)).toBe(
      "s3://lake/shop/web_events",
    );
  });
});
