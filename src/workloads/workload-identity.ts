/** Pods that the object store knows by their ServiceAccount instead of by keys. Pure. */
import type { V1EnvVar } from "@kubernetes/client-node";
import type { DataPlatformSpec } from "../crds/kinds.ts";
import { OWN_ANNOTATIONS } from "../naming/marks.ts";
import { hashOf } from "../targets/kubernetes/child.ts";

/** Annotations of the ServiceAccounts of pods that reach the object store; `undefined` where these have keys. */
export function accountAnnotations({ storage }: DataPlatformSpec): Record<string, string> | undefined {
  return storage.credentials === undefined ? undefined : { ...storage.serviceAccountAnnotations };
}

/** Annotation of these pods' template: what the cloud makes of the account it puts into pods when they are made. */
export function identityAnnotation(spec: DataPlatformSpec): Record<string, string> {
  const annotations = accountAnnotations(spec);
  return annotations === undefined ? {} : { [OWN_ANNOTATIONS.identityHash]: hashOf(annotations) };
}

/** Where these pods ask for what their identity is worth. Those with keys do not ask. */
export function regionalEnvironment({ storage }: DataPlatformSpec): V1EnvVar[] {
  return storage.credentials === undefined ? [] : [{ name: "AWS_REGION", value: storage.region }];
}
