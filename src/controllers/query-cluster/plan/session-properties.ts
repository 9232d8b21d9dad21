/** Session properties with which every query begins. Pure. */
import { renderProperties } from "../../../workloads/properties.ts";
import type { ValidatedCluster } from "../validate.ts";
import { CONFIG_FOLDER } from "./config-properties.ts";

/** Trino looks for it below its working folder, where `run-trino` makes it visible. */
const CONFIG_FILE = "session-property-config.properties";
const DEFAULTS_FILE = "session-properties.json";

/** Files of the coordinator; none without session properties. */
export function renderSessionProperties({ sessionProperties }: ValidatedCluster): Record<string, string> {
  if (Object.keys(sessionProperties).length === 0) return {};
  return {
    [CONFIG_FILE]: renderProperties({
      "session-property-config.configuration-manager": "file",
      "session-property-manager.config-file": `${CONFIG_FOLDER}/${DEFAULTS_FILE}`,
    }),
    // One rule without a condition: it holds for all queries.
    [DEFAULTS_FILE]: `${JSON.stringify([{ sessionProperties }], undefined, 2)}\n`,
  };
}
