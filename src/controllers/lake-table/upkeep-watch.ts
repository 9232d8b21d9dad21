/** How a Job of the platform that has ended wakes the tables that it looked after, and no others. */
import type { DataPlatform } from "../../crds/kinds.ts";
import { dataPlatformKind } from "../../crds/kinds.ts";
import { keyOf } from "../../api/objects.ts";
import type { KubernetesObject, SecondaryWatch } from "../../runtime/controller.ts";
import { TABLES_BY_UUID } from "../upkeep/tables.ts";

export const watchUpkeep: SecondaryWatch = {
  type: dataPlatformKind,
  isNews: (change) => change.kind === "updated" && endOf(change.previous) !== endOf(change.object),
  toKeys: (platform, cache) =>
    ((platform as DataPlatform).status?.upkeep?.tables ?? []).flatMap(({ tableUuid }) =>
      cache.cachedBy(TABLES_BY_UUID, tableUuid).map(keyOf),
    ),
};

function endOf(platform: KubernetesObject): string | undefined {
  const { upkeep } = (platform as DataPlatform).status ?? {};
  return upkeep?.finishedAt === undefined ? undefined : `${upkeep.job} ${upkeep.finishedAt}`;
}
