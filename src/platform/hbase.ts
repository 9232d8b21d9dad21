/** How to reach the HBase of a platform. Pure. */
import { WaitingError } from "../runtime/errors.ts";
import type { PlatformState } from "./platform.ts";
import { requirePresent } from "./platform.ts";

export interface HBaseSettings {
  /** `host:port` each. */
  readonly bootstrapServers: readonly string[];
}

/** Throws `WaitingError` where the platform has no HBase. */
export function requireHBase(state: PlatformState): HBaseSettings {
  const { spec, key } = requirePresent(state);
  if (spec.hbase === undefined) {
    throw new WaitingError(
      "PlatformNotReady",
      `DataPlatform "${key.name}" names no HBase; give it spec.hbase`,
    );
  }
  return { bootstrapServers: spec.hbase.bootstrapServers };
}
