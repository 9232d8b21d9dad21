/** What the operator may do in a cluster, as one table; config/rbac is generated from it. */

/** One rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** What the rule is needed for; becomes a comment of the generated file. */
  readonly why: string;
}

const READ = ["get", "list", "watch"] as const;
const OWN = [...READ, "create", "patch", "delete"] as const;

/**
 * What the Spark driver of a pipeline may do in its namespace. Its Role holds exactly these rules, and the operator must hold
 * them too, because Kubernetes lets nobody grant what he does not have.
 */
export const SPARK_DRIVER_RULES: readonly PolicyRule[] = [
  {
    apiGroups: [""],
    resources: ["pods"],
    verbs: ["get", "list", "watch", "create", "patch", "delete", "deletecollection"],
    why: "the Spark driver's executors",
  },
];

function ownKindRules(plurals: readonly string[]): readonly PolicyRule[] {
  const group = ["openclickstream.io"];
  return [
    {
      apiGroups: group,
      resources: plurals,
      verbs: [...OWN, "update"],
      why: "the kinds; pipelines and products create children",
    },
    {
      apiGroups: group,
      resources: plurals.map((plural) => `${plural}/status`),
      verbs: ["get", "patch", "update"],
      why: "status, written by nobody else",
    },
    {
      apiGroups: group,
      resources: plurals.map((plural) => `${plural}/finalizers`),
      verbs: ["update"],
      why: "owner references that block deletion",
    },
  ];
}

const OTHER_KINDS: readonly PolicyRule[] = [
  {
    apiGroups: [""],
    resources: ["namespaces"],
    verbs: READ,
    why: "whether a namespace is being deleted; kube-system's uid, which tells the cluster from others",
  },
  { apiGroups: [""], resources: ["secrets"], verbs: ["get"], why: "credentials by reference; never listed" },
  {
    apiGroups: ["", "events.k8s.io"],
    resources: ["events"],
    verbs: ["create", "patch"],
    why: "Events on transitions",
  },
  {
    apiGroups: [""],
    resources: ["configmaps", "services", "serviceaccounts"],
    verbs: OWN,
    why: "parts of collectors, stream jobs, query clusters and runs of products",
  },
  {
    apiGroups: [""],
    resources: ["pods"],
    verbs: [...READ, "delete"],
    why: "states of workloads; workers that were drained",
  },
  {
    apiGroups: ["apps"],
    resources: ["deployments", "statefulsets"],
    verbs: OWN,
    why: "collectors, stream jobs, query clusters",
  },
  {
    apiGroups: ["batch"],
    resources: ["jobs"],
    verbs: [...READ, "create", "patch"],
    why: "the Jobs that look after tables",
  },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: OWN, why: "collectors and workers" },
  {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["roles", "rolebindings"],
    verbs: OWN,
    why: "the Role of each stream job",
  },
];

/** What the operator may do in every namespace that it watches, given the plurals of the kinds. */
export function operatorRules(plurals: readonly string[]): readonly PolicyRule[] {
  return [...ownKindRules(plurals), ...OTHER_KINDS, ...SPARK_DRIVER_RULES];
}

/** What the operator may do in its own namespace only. */
export const LEADER_ELECTION_RULES: readonly PolicyRule[] = [
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
    why: "leader election",
  },
  {
    apiGroups: [""],
    resources: ["secrets"],
    verbs: ["get", "create"],
    why: "the key of the hashes that stand for values of Secrets",
  },
];
