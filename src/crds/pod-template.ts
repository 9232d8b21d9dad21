/** What a manifest may say of the pods of a workload: a part of Kubernetes' own pod template, in its own words. */
import { z } from "zod";
import { objectName, secretKey, secretRef } from "./references.ts";
import { integer, listMap, patterned, text, textMap, withRules } from "./rules.ts";

const LABEL_VALUE = 63;
const MOST_ITEMS = 32;

/** Name of a label, an annotation or a node's property: a name with or without a domain before it. */
const qualifiedName = patterned(
  /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
  317,
);

const requirement = z.object({
  key: qualifiedName.describe("Label that is looked at."),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]).describe("How it is compared."),
  values: z.array(text(LABEL_VALUE)).max(MOST_ITEMS).optional().describe("What it is compared with."),
});

const nodeRequirement = z.object({
  key: qualifiedName.describe("Label of a node."),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]).describe("How it is compared."),
  values: z.array(text(LABEL_VALUE)).max(MOST_ITEMS).optional().describe("What it is compared with."),
});

const labelSelector = z
  .object({
    matchLabels: textMap(MOST_ITEMS, LABEL_VALUE).optional().describe("Labels that must be there."),
    matchExpressions: z.array(requirement).max(MOST_ITEMS).optional().describe("What must hold for labels."),
  })
  .describe("Pods that are meant.");

const nodeSelectorTerm = z.object({
  matchExpressions: z
    .array(nodeRequirement)
    .max(MOST_ITEMS)
    .optional()
    .describe("What must hold for a node."),
});

const podAffinityTerm = z.object({
  labelSelector: labelSelector.optional(),
  topologyKey: qualifiedName.describe("Label of nodes that are one place, such as 'kubernetes.io/hostname'."),
  namespaces: z
    .array(objectName)
    .max(MOST_ITEMS)
    .optional()
    .describe("Namespaces of the pods. Default this one."),
});

const weight = integer(1, 100).describe("How much it counts.");

function podTerms(what: string) {
  return z
    .object({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .array(podAffinityTerm)
        .max(MOST_ITEMS)
        .optional()
        .describe("What must hold."),
      preferredDuringSchedulingIgnoredDuringExecution: z
        .array(z.object({ weight, podAffinityTerm: podAffinityTerm.describe("What is preferred.") }))
        .max(MOST_ITEMS)
        .optional()
        .describe("What is preferred."),
    })
    .describe(what);
}

const affinity = z
  .object({
    nodeAffinity: z
      .object({
        requiredDuringSchedulingIgnoredDuringExecution: z
          .object({
            nodeSelectorTerms: z
              .array(nodeSelectorTerm)
              .min(1)
              .max(MOST_ITEMS)
              .describe("One of these must hold."),
          })
          .optional()
          .describe("What must hold."),
        preferredDuringSchedulingIgnoredDuringExecution: z
          .array(z.object({ weight, preference: nodeSelectorTerm.describe("What is preferred.") }))
          .max(MOST_ITEMS)
          .optional()
          .describe("What is preferred."),
      })
      .optional()
      .describe("Nodes for the pods."),
    podAffinity: podTerms("Pods to be near to.").optional(),
    podAntiAffinity: podTerms("Pods to be away from.").optional(),
  })
  .describe("Where pods are put, as in Kubernetes.");

const toleration = z.object({
  key: qualifiedName
    .optional()
    .describe("Taint that is tolerated. Default every one, with the operator Exists."),
  operator: z.enum(["Exists", "Equal"]).optional().describe("How the value is compared. Default Equal."),
  value: text(LABEL_VALUE).optional().describe("Value of the taint."),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional().describe("Default all effects."),
  tolerationSeconds: integer(0, 2_147_483_647)
    .optional()
    .describe("How long NoExecute is tolerated. Default for ever."),
});

const spread = z.object({
  maxSkew: integer(1, 1000).describe("How unequal the places may be."),
  topologyKey: qualifiedName.describe("Label of nodes that are one place."),
  whenUnsatisfiable: z
    .enum(["DoNotSchedule", "ScheduleAnyway"])
    .describe("What happens when it cannot be kept."),
  minDomains: integer(1, 1000).optional().describe("Fewest places that count. Default 1."),
  labelSelector: labelSelector.optional(),
});

const variable = withRules(
  z.object({
    name: patterned(/^[A-Za-z_][A-Za-z0-9_]*$/, 128).describe(
      "Name of the variable; none that the operator sets.",
    ),
    value: text(4096).optional().describe("Its value."),
    secretRef: secretRef({ key: secretKey.describe("Key of the Secret that holds the value.") })
      .optional()
      .describe("Where its value is."),
  }),
  [
    {
      rule: "has(self.value) != has(self.secretRef)",
      message: "must have exactly one of value and secretRef",
      holds: (variable) => (variable.value === undefined) !== (variable.secretRef === undefined),
    },
  ],
).describe("One further environment variable.");

const podTemplateFields = z.object({
  labels: textMap(MOST_ITEMS, LABEL_VALUE)
    .optional()
    .describe("Further labels; none that the operator sets."),
  annotations: textMap(MOST_ITEMS, 4096)
    .optional()
    .describe("Further annotations; none that the operator sets."),
  nodeSelector: textMap(MOST_ITEMS, LABEL_VALUE).optional().describe("Labels that nodes must have."),
  tolerations: z.array(toleration).max(MOST_ITEMS).optional().describe("Taints of nodes that are tolerated."),
  affinity: affinity.optional(),
  topologySpreadConstraints: z
    .array(spread)
    .max(MOST_ITEMS)
    .optional()
    .describe(
      "How pods are spread; without labelSelector over the workload's own. One with the topologyKey of the operator's replaces that.",
    ),
  priorityClassName: objectName.optional().describe("Priority of the pods. Default the cluster's."),
  imagePullSecrets: z
    .array(z.object({ name: objectName.describe("Name of the Secret.") }))
    .max(MOST_ITEMS)
    .optional()
    .describe("Secrets for registries."),
  runtimeClassName: objectName.optional().describe("Runtime of the containers. Default the cluster's."),
  env: listMap(variable, ["name"], MOST_ITEMS)
    .optional()
    .describe("Further environment variables. A changed Secret counts for pods that start after."),
});

/** What a manifest says of the pods of one workload. */
export type PodTemplate = z.infer<typeof podTemplateFields>;

/** The field for the pods of one workload. */
export function podTemplate(pods: string) {
  return podTemplateFields
    .optional()
    .describe(`What ${pods} get besides, in the words of Kubernetes' own pod template.`);
}
