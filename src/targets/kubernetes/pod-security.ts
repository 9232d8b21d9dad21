/** Fields that make a pod satisfy the `restricted` Pod Security Standard, and our pods alike. Pure. */
import type { V1PodSecurityContext, V1SecurityContext } from "@kubernetes/client-node";

/** The user and group that all our images run as. */
const POD_USER = 65532;

/** For `spec.securityContext`. */
export const RESTRICTED_POD: V1PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: POD_USER,
  runAsGroup: POD_USER,
  fsGroup: POD_USER,
  seccompProfile: { type: "RuntimeDefault" },
};

/** For each container's `securityContext`. */
export const RESTRICTED_CONTAINER: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
