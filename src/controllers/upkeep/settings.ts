/** How a table is looked after, with nothing left open. Pure. */
import type { LakeTable } from "../../crds/kinds.ts";
import { MAINTENANCE_DEFAULTS, parseBytes, parseDurationSeconds } from "../../crds/kinds.ts";

export interface UpkeepSettings {
  readonly isEnabled: boolean;
  readonly intervalSeconds: number;
  readonly targetFileBytes: number;
  readonly keepSnapshotsSeconds: number;
  readonly minSnapshots: number;
  readonly orphansOlderThanSeconds: number;
  readonly retention: { readonly column: string; readonly keepSeconds: number } | undefined;
}

export function upkeepSettings({ spec }: LakeTable): UpkeepSettings {
  const { enabled, interval, targetFileSize, snapshots, orphans, retention } = spec.maintenance ?? {};
  return {
    isEnabled: enabled ?? MAINTENANCE_DEFAULTS.enabled,
    intervalSeconds: secondsOf(interval, MAINTENANCE_DEFAULTS.interval),
    targetFileBytes: parseBytes(targetFileSize ?? MAINTENANCE_DEFAULTS.targetFileSize),
    keepSnapshotsSeconds: secondsOf(snapshots?.keep, MAINTENANCE_DEFAULTS.snapshots.keep),
    minSnapshots: snapshots?.min ?? MAINTENANCE_DEFAULTS.snapshots.min,
    orphansOlderThanSeconds: secondsOf(orphans?.olderThan, MAINTENANCE_DEFAULTS.orphans.olderThan),
    retention: retention && {
      column: retention.column,
      keepSeconds: parseDurationSeconds(retention.keep),
    },
  };
}

function secondsOf(given: string | undefined, otherwise: string): number {
  return parseDurationSeconds(given ?? otherwise);
}
