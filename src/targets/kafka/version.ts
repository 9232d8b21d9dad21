/** Which Kafka a broker is. The protocol does not say; the highest metadata version that it could run with does. */

/** First level of the feature `metadata.version` that each release knows, newest first. */
const RELEASES: readonly (readonly [level: number, release: string])[] = [
  [30, "newer than 4.2"],
  [28, "4.2"],
  [26, "4.1"],
  [22, "4.0"],
  [21, "3.9"],
  [20, "3.8"],
  [15, "3.7"],
  [12, "3.6"],
  [9, "3.5"],
  [8, "3.4"],
  [4, "3.3"],
  [3, "3.2"],
  [2, "3.1"],
  [1, "3.0"],
];

/** Release of the broker like `4.1`, from its supported features. */
export function kafkaVersion(
  features: readonly { readonly name: string; readonly maxVersion: number }[],
): string | undefined {
  const level = features.find((feature) => feature.name === "metadata.version")?.maxVersion;
  if (level === undefined) return undefined;
  return RELEASES.find(([first]) => level >= first)?.[1];
}
