/** Identities of the pods. Only the driver's can do anything. Pure. */
import { serviceAccount } from "../../../workloads/service-account.ts";
import { accountAnnotations } from "../../../workloads/workload-identity.ts";
import type { ValidatedPipeline } from "../validate.ts";

type ServiceAccount = ReturnType<typeof serviceAccount>;

export function planCollectorServiceAccount(pipeline: ValidatedPipeline): ServiceAccount {
  return serviceAccount(pipeline, { name: pipeline.names.collector, component: "collector" });
}

/** The token is mounted by the driver's pod alone, not by executors that might be given the account. */
export function planStreamServiceAccount(pipeline: ValidatedPipeline): ServiceAccount {
  const part = { name: pipeline.names.streamJob, component: "stream" };
  return serviceAccount(pipeline, part, accountAnnotations(pipeline.platform.spec));
}
