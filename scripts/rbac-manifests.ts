/**
 * Makes the roles of the operator and of the people who use the kinds from the table of permissions. Pure. Rules keep their
 * `why`, which the writer of the file turns into a comment.
 */
import type { KindDefinition } from "../src/crds/kinds.ts";
import { GROUP } from "../src/naming/marks.ts";
import { LEADER_ELECTION_RULES, type PolicyRule, operatorRules } from "../src/crds/permissions.ts";

const RBAC = "rbac.authorization.k8s.io";
const NAMESPACE = "openclickstream-system";
const ACCOUNT = "operator";
const LABELS = { "app.kubernetes.io/part-of": "openclickstream" };

type Kind = "ClusterRole" | "Role";

function metadata(name: string, kind: Kind, labels: Readonly<Record<string, string>> = {}) {
  return { name, ...(kind === "Role" ? { namespace: NAMESPACE } : {}), labels: { ...LABELS, ...labels } };
}

function role(kind: Kind, name: string, rules: readonly PolicyRule[]) {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: metadata(name, kind),
    rules,
  };
}

function binding(kind: Kind, name: string) {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: `${kind}Binding`,
    metadata: metadata(name, kind),
    roleRef: { apiGroup: RBAC, kind, name },
    subjects: [{ kind: "ServiceAccount", name: ACCOUNT, namespace: NAMESPACE }],
  };
}

function userRole(name: string, aggregateTo: readonly string[], rules: readonly PolicyRule[]) {
  const labels = Object.fromEntries(
    aggregateTo.map((target) => [`rbac.authorization.k8s.io/aggregate-to-${target}`, "true"]),
  );
  return { ...role("ClusterRole", name, rules), metadata: metadata(name, "ClusterRole", labels) };
}

/** Documents by file name: what the operator may do, and what the cluster's view, edit and admin roles gain. */
export function rbacManifests(kinds: readonly KindDefinition[]): Readonly<Record<string, readonly object[]>> {
  const plurals = kinds.map(({ plural }) => plural);
  const scaled = kinds.filter(({ scale }) => scale !== undefined).map(({ plural }) => `${plural}/scale`);
  const viewed = [...plurals, ...plurals.map((plural) => `${plural}/status`)];
  return {
    "service-account.yaml": [
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: ACCOUNT, namespace: NAMESPACE, labels: LABELS },
      },
    ],
    "operator-role.yaml": [
      role("ClusterRole", "openclickstream-operator", operatorRules(plurals)),
      binding("ClusterRole", "openclickstream-operator"),
    ],
    "leader-election-role.yaml": [
      role("Role", "operator-leader-election", LEADER_ELECTION_RULES),
      binding("Role", "operator-leader-election"),
    ],
    "user-roles.yaml": [
      userRole(
        "openclickstream-view",
        ["view", "edit", "admin"],
        [
          {
            apiGroups: [GROUP],
            resources: viewed,
            verbs: ["get", "list", "watch"],
            why: "whoever may view a namespace may view our kinds in it",
          },
        ],
      ),
      userRole(
        "openclickstream-edit",
        ["edit", "admin"],
        [
          {
            apiGroups: [GROUP],
            resources: plurals,
            verbs: ["create", "update", "patch", "delete", "deletecollection"],
            why: "whoever may edit a namespace may edit our kinds in it",
          },
          {
            apiGroups: [GROUP],
            resources: scaled,
            verbs: ["get", "update", "patch"],
            why: "kubectl scale; autoscalers may scale everything",
          },
        ],
      ),
    ],
  };
}
