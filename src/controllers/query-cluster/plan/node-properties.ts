/** `node.properties`: which cluster a server belongs to. Each server gives itself an id when it starts. Pure. */
import type { ValidatedCluster } from "../validate.ts";
import { renderProperties } from "../../../workloads/properties.ts";

/** Where Trino keeps what it may lose. */
export const DATA_FOLDER = "/data/trino";

export function renderNodeProperties({ owner }: ValidatedCluster): string {
  return renderProperties({
    "node.environment": `${owner.key.namespace}_${owner.key.name}`.replaceAll("-", "_"),
    "node.data-dir": DATA_FOLDER,
  });
}
