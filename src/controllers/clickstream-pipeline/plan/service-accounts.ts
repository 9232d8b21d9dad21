/** Identities of the pods. Only the driver's can do anything. Pure. */
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { childMetadata } from "./component.ts";

type ServiceAccount = Child<{ automountServiceAccountToken: boolean }>;

export function planCollectorServiceAccount(pipeline: ValidatedPipeline): ServiceAccount {
  return child(CHILD_TYPES.ServiceAccount, childMetadata(pipeline, pipeline.names.collector, "collector"), {
    automountServiceAccountToken: false,
  });
}

/** The token is mounted by the driver's pod alone, not by executors that might be given the account. */
export function planStreamServiceAccount(pipeline: ValidatedPipeline): ServiceAccount {
  return child(CHILD_TYPES.ServiceAccount, childMetadata(pipeline, pipeline.names.streamJob, "stream"), {
    automountServiceAccountToken: false,
  });
}
