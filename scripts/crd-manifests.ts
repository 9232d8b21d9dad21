/** Makes the CustomResourceDefinition of a kind from its zod schemas. Pure. */
import { z } from "zod";
import type { KindDefinition } from "../src/crds/kinds.ts";
import type { ScaleTarget } from "../src/crds/kind-definition.ts";
import { toKubernetesValidation } from "../src/crds/rules.ts";

/** A JSON schema as the CRD carries it. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly pattern?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema;
  readonly items?: OpenApiSchema;
  readonly "x-kubernetes-validations"?: readonly {
    readonly rule: string;
    readonly message: string;
    readonly fieldPath?: string;
  }[];
  readonly anyOf?: readonly OpenApiSchema[];
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
}

const KEY_ORDER = [
  "description",
  "type",
  "format",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "maxProperties",
  "anyOf",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-validations",
  "required",
  "properties",
  "additionalProperties",
  "items",
];

function mapValues<Value, Result>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function integerFormat(schema: OpenApiSchema): { format?: string } {
  if (schema.type !== "integer" || schema.format !== undefined) return {};
  return { format: (schema.maximum ?? Number.MAX_SAFE_INTEGER) <= 2_147_483_647 ? "int32" : "int64" };
}

/** Kubernetes knows this one union, in this one form: what texts and numbers must look like stands beside it. */
function intOrString(schema: OpenApiSchema): OpenApiSchema {
  if (schema["x-kubernetes-int-or-string"] !== true) return schema;
  const [number, text] = schema.anyOf ?? [];
  const { minimum } = number ?? {};
  const { pattern, maxLength } = text ?? {};
  return {
    ...schema,
    anyOf: [{ type: "integer" }, { type: "string" }],
    ...(minimum !== undefined && { minimum }),
    ...(pattern !== undefined && { pattern }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

/** Orders the keys, unescapes slashes that JavaScript escapes in patterns, and gives integers their format. */
function tidy(given: OpenApiSchema): OpenApiSchema {
  const schema = intOrString(given);
  const complete: Record<string, unknown> = { ...schema, ...integerFormat(schema) };
  const isUnion = schema.anyOf !== undefined && schema["x-kubernetes-int-or-string"] !== true;
  const unknownKeys = Object.keys(complete).filter(
    (key) => !KEY_ORDER.includes(key) || (isUnion && key === "anyOf"),
  );
  if (unknownKeys.length > 0) throw new Error(`a schema must not use ${unknownKeys.join(", ")}`);
  const { additionalProperties } = complete;
  if (typeof additionalProperties === "boolean")
    throw new Error("a schema must not open or close its objects");
  if (schema.pattern !== undefined) complete["pattern"] = schema.pattern.replaceAll("\\/", "/");
  if (schema.properties !== undefined) complete["properties"] = mapValues(schema.properties, tidy);
  if (schema.items !== undefined) complete["items"] = tidy(schema.items);
  if (schema.additionalProperties !== undefined) {
    complete["additionalProperties"] = tidy(schema.additionalProperties);
  }
  return Object.fromEntries(
    KEY_ORDER.filter((key) => complete[key] !== undefined).map((key) => [key, complete[key]]),
  );
}

/** OpenAPI schema of a zod schema, for `spec` or `status`. Throws when it uses what a CRD cannot say. */
export function toOpenApiSchema(schema: z.ZodType): OpenApiSchema {
  return tidy(
    z.toJSONSchema(schema, { target: "openapi-3.0", io: "input", reused: "inline" }) as OpenApiSchema,
  );
}

/** Schema of `spec` with the rules about changes. */
export function specSchema(kind: KindDefinition): OpenApiSchema {
  const schema = toOpenApiSchema(kind.schema);
  const rules = [
    ...(schema["x-kubernetes-validations"] ?? []),
    ...kind.immutables.map(toKubernetesValidation),
  ];
  return tidy({ ...schema, ...(rules.length === 0 ? {} : { "x-kubernetes-validations": rules }) });
}

function versionSchema(kind: KindDefinition): OpenApiSchema {
  return tidy({
    description: kind.description,
    type: "object",
    required: ["spec"],
    "x-kubernetes-validations": [...kind.nameRules, ...kind.statusRules].map(toKubernetesValidation),
    properties: {
      apiVersion: { description: `Always '${kind.group}/${kind.version}'.`, type: "string" },
      kind: { description: `Always '${kind.kind}'.`, type: "string" },
      metadata: { type: "object" },
      spec: { ...specSchema(kind), description: "What is wanted." },
      status: { ...toOpenApiSchema(kind.statusSchema), description: "What the operator found and did." },
    },
  });
}

function scaleSubresource({ replicas }: ScaleTarget) {
  return {
    specReplicasPath: replicas,
    statusReplicasPath: ".status.scale.replicas",
    labelSelectorPath: ".status.scale.selector",
  };
}

/** The whole CustomResourceDefinition as data. */
export function customResourceDefinition(kind: KindDefinition) {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      labels: { "app.kubernetes.io/part-of": "openclickstream" },
    },
    spec: {
      group: kind.group,
      scope: "Namespaced",
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: kind.shortNames,
        categories: kind.categories,
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          subresources: {
            status: {},
            ...(kind.scale !== undefined && { scale: scaleSubresource(kind.scale) }),
          },
          additionalPrinterColumns: kind.printerColumns.map(({ priority, ...column }) => ({
            ...column,
            ...(priority === 0 ? {} : { priority }),
          })),
          schema: { openAPIV3Schema: versionSchema(kind) },
        },
      ],
    },
  };
}
