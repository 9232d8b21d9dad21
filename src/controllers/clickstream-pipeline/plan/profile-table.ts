/** The ServingTable of the visitors' profiles. Its families are those of `java/profiles`. Pure. */
import type { ServingTableSpec } from "../../../crds/kinds.ts";
import { servingTableKind } from "../../../crds/kinds.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { child } from "../../../targets/kubernetes/child.ts";
import { childMetadata } from "../../../workloads/metadata.ts";
import type { ValidatedPipeline } from "../validate.ts";

/** Keys are hashes, so that these share the rows evenly from the first one on; later HBase splits them by itself. */
const REGIONS = 4;

/** `undefined` where no profiles are kept, or the platform has no HBase for them. */
export function planProfileTable(
  pipeline: ValidatedPipeline,
): Child<{ readonly spec: ServingTableSpec }> | undefined {
  const { profiles, names, platform, deletionPolicy } = pipeline;
  if (profiles?.hbase === undefined) return undefined;
  // The profile as it was before the oldest of the events that are kept one by one is a version too.
  const versions = profiles.history + 1;
  const { ttl } = profiles;
  return child(servingTableKind, childMetadata(pipeline, { name: names.profiles }), {
    spec: {
      platformRef: { name: platform.name },
      families: [
        { name: "p", versions, ttl, compression: "GZ" },
        { name: "s", ttl, compression: "GZ" },
        { name: "i", ttl },
        // How far the profiles are. It must outlive them, as they would be made once more from the first event on.
        { name: "c" },
      ],
      split: { uniform: REGIONS },
      deletionPolicy,
    },
  });
}
