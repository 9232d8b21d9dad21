import { expect, it } from "vitest";
import { kafkaVersion } from "./version.ts";

it.each([
  [undefined, undefined],
  [27, "4.1"],
  [25, "4.0"],
  [21, "3.9"],
  [1, "3.0"],
  [99, "newer than 4.2"],
])("metadata version %s is Kafka %s", (maxVersion, release) => {
  const features = maxVersion === undefined ? [] : [{ name: "metadata.version", maxVersion }];
  expect(kafkaVersion(features)).toBe(release);
});
