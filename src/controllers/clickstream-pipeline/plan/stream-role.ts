/** What the driver may do: manage its executor pods, nothing else. Pure. */
import type { RbacV1Subject, V1PolicyRule, V1RoleRef } from "@kubernetes/client-node";
import { SPARK_DRIVER_RULES } from "../../../crds/permissions.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { childMetadata } from "../../../workloads/metadata.ts";

/** `undefined` without executors: then the driver does not speak to the API server. */
export function planStreamRole(pipeline: ValidatedPipeline): Child<{ rules: V1PolicyRule[] }> | undefined {
  if (pipeline.processing.executors === 0) return undefined;
  return child(
    CHILD_TYPES.Role,
    childMetadata(pipeline, { name: pipeline.names.streamJob, component: "stream" }),
    {
      rules: SPARK_DRIVER_RULES.map(({ apiGroups, resources, verbs }) => ({
        apiGroups: [...apiGroups],
        resources: [...resources],
        verbs: [...verbs],
      })),
    },
  );
}

export function planStreamRoleBinding(
  pipeline: ValidatedPipeline,
): Child<{ roleRef: V1RoleRef; subjects: RbacV1Subject[] }> | undefined {
  if (pipeline.processing.executors === 0) return undefined;
  const name = pipeline.names.streamJob;
  return child(CHILD_TYPES.RoleBinding, childMetadata(pipeline, { name, component: "stream" }), {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name, namespace: pipeline.owner.key.namespace }],
  });
}
