/** The DataPlatform controller: probes and reports; it writes nothing but its status. */
import type { DataPlatform, DataPlatformStatus } from "../../crds/kinds.ts";
import { dataPlatformKind } from "../../crds/kinds.ts";
import type { Controller } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { ObservedPlatform } from "./observe.ts";
import { observePlatform } from "./observe.ts";
import { platformStatus } from "./status.ts";
import type { ValidatedPlatform } from "./validate.ts";
import { validatePlatform } from "./validate.ts";

export type DataPlatformController = Controller<
  DataPlatform,
  ObservedPlatform,
  ValidatedPlatform,
  undefined,
  undefined,
  DataPlatformStatus
>;

export function createDataPlatformController(systems: SystemAccess): DataPlatformController {
  return {
    kind: dataPlatformKind,
    concurrency: 4,
    observe: (platform, context) => observePlatform(platform, context, systems),
    validate: validatePlatform,
    plan: () => undefined,
    apply: async () => undefined,
    status: platformStatus,
  };
}
