import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { EventStream, EventStreamStatus } from "../../crds/kinds.ts";
import { eventStreamSpec } from "../../crds/kinds.ts";
import type { TopicName } from "../../naming/topics.ts";
import type { CurrentTopic, TopicConfig } from "../../targets/kafka/topic.ts";
import { NAMESPACE, PRESENT, describeError } from "../../testing/systems.ts";
import type { ObservedStream } from "./observe.ts";
import { planStream } from "./plan.ts";
import { validateStream } from "./validate.ts";

const TESTDATA = join(import.meta.dirname, "testdata");

/** A case: the manifest, what the last pass left in the status, and the topic as Kafka tells it (absent: there is none). */
interface Case {
  readonly spec: object;
  readonly status?: EventStreamStatus;
  readonly topic?: Omit<CurrentTopic, "name" | "configs"> & {
    readonly configs?: Record<string, Partial<TopicConfig>>;
  };
}

function streamOf({ spec, status }: Case): EventStream {
  const parsed = eventStreamSpec.parse({ platformRef: { name: "main" }, ...spec });
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "EventStream",
    metadata: { namespace: NAMESPACE, name: "web-raw", uid: "u", generation: 2 },
    spec: parsed,
    ...(status && { status }),
  };
}

function observedOf({ topic }: Case): ObservedStream {
  const configs = Object.entries(topic?.configs ?? {}).map(([name, config]): TopicConfig => ({
    name,
    value: "",
    source: "topic",
    valueType: "text",
    ...config,
  }));
  const value = topic && { ...topic, name: "shop.web-raw" as TopicName, configs };
  return {
    older: undefined,
    system: "A",
    platform: PRESENT,
    thing: { state: "known", value },
  };
}

function render(input: Case): string {
  try {
    const observed = observedOf(input);
    const { topic, configs, steps, notices } = planStream(validateStream(streamOf(input), observed));
    return stringify({ topic, configs, steps, notices }, { lineWidth: 0 });
  } catch (error) {
    return stringify({ refused: describeError(error) }, { lineWidth: 0 });
  }
}

const cases = (await readdir(TESTDATA)).filter((file) => file.endsWith(".input.yaml"));

describe("the plan of a stream", () => {
  it.each(cases)("is as in the golden file of %s", async (file) => {
    const input = parse(await readFile(join(TESTDATA, file), "utf8")) as Case;
    await expect(render(input)).toMatchFileSnapshot(join(TESTDATA, file.replace(".input.", ".golden.")));
  });
});
