/** What a kind is: its names, its columns in `kubectl get`, and its schemas. */
import type { z } from "zod";
import type { ObjectMeta } from "../api/objects.ts";
import { GROUP } from "../naming/marks.ts";
import type { Rule, TransitionRule } from "./rules.ts";

export const VERSION = "v1alpha1";

/** One column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly jsonPath: string;
  readonly description: string;
  /** 0 = always; 1 = with `-o wide`. */
  readonly priority: 0 | 1;
}

/** What `kubectl scale` and autoscalers set, and what they read; the status has both in `scale`. */
export interface ScaleTarget {
  /** JSON path of the wanted number of pods. */
  readonly replicas: string;
}

/** A kind of this group. It is also the address that the runtime's clients take (group, version, kind, plural). */
export interface KindDefinition<Spec extends z.ZodType = z.ZodType, Status extends z.ZodType = z.ZodType> {
  readonly group: typeof GROUP;
  readonly version: typeof VERSION;
  readonly kind: string;
  /** Plural in lower case, as in the URL. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** What the kind is, in a few sentences. */
  readonly description: string;
  /** Columns after the name; Age is the last. */
  readonly printerColumns: readonly PrinterColumn[];
  /** Schema of `spec`. */
  readonly schema: Spec;
  /** Schema of `status`. */
  readonly statusSchema: Status;
  /** `undefined`: nothing of it can be scaled. */
  readonly scale: ScaleTarget | undefined;
  /** Rules about `metadata.name`. */
  readonly nameRules: readonly Rule<string>[];
  /** Rules about changes of `spec`, below the schema's own. Empty when everything may change. */
  readonly immutables: readonly TransitionRule[];
  /** Rules about changes of `spec` that depend on `status`: about the whole resource. */
  readonly statusRules: readonly TransitionRule[];
}

/** Data of the API as the phases see it: deeply readonly. */
export type Immutable<Value> = Value extends readonly (infer Element)[]
  ? readonly Immutable<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Immutable<Value[Key]> }
    : Value;

/** As Immutable, and an optional field is absent rather than undefined: what the API server sends. */
export type Sent<Value> = Value extends readonly (infer Element)[]
  ? readonly Sent<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Sent<Exclude<Value[Key], undefined>> }
    : Value;

/** A custom resource of one kind. */
export interface Resource<Spec, Status> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  readonly status?: Status;
}

const CATEGORIES = ["all", "clickstream"] as const;

const READY_COLUMN: PrinterColumn = {
  name: "Ready",
  type: "string",
  jsonPath: '.status.conditions[?(@.type=="Ready")].status',
  description: "Whether the resource can do its job.",
  priority: 0,
};

const CLOSING_COLUMNS: readonly PrinterColumn[] = [
  {
    name: "Paused",
    type: "string",
    jsonPath: '.status.conditions[?(@.type=="Paused")].status',
    description: "True while nothing is changed for the resource.",
    priority: 0,
  },
  {
    name: "Message",
    type: "string",
    jsonPath: '.status.conditions[?(@.type=="Ready")].message',
    description: "Why the resource is ready or not.",
    priority: 1,
  },
  {
    name: "Age",
    type: "date",
    jsonPath: ".metadata.creationTimestamp",
    description: "How long ago the resource was created.",
    priority: 0,
  },
];

/** What differs from kind to kind. */
export interface KindInput<Spec extends z.ZodType, Status extends z.ZodType> {
  readonly kind: string;
  readonly plural: string;
  readonly shortName: string;
  readonly description: string;
  /** Columns between Ready and Message; priority 0 unless given. */
  readonly columns: readonly (Omit<PrinterColumn, "priority"> & { readonly priority?: 0 | 1 })[];
  readonly schema: Spec;
  readonly statusSchema: Status;
  readonly scale?: ScaleTarget;
  readonly nameRules: readonly Rule<string>[];
  readonly immutables?: readonly TransitionRule[];
  readonly statusRules?: readonly TransitionRule[];
}

/** Completes a kind with what all kinds have in common. */
export function defineKind<Spec extends z.ZodType, Status extends z.ZodType>(
  input: KindInput<Spec, Status>,
): KindDefinition<Spec, Status> {
  const { shortName, columns, immutables, scale, statusRules, ...rest } = input;
  return {
    ...rest,
    group: GROUP,
    version: VERSION,
    singular: input.kind.toLowerCase(),
    shortNames: [shortName],
    categories: CATEGORIES,
    printerColumns: [
      READY_COLUMN,
      ...columns.map((column) => ({ priority: 0 as const, ...column })),
      ...CLOSING_COLUMNS,
    ],
    scale,
    immutables: immutables ?? [],
    statusRules: statusRules ?? [],
  };
}

/** The name becomes the value of a label, so it may be 63 characters long. */
export const LABEL_NAME_RULES: readonly Rule<string>[] = [
  {
    rule: "self.metadata.name.size() <= 63",
    message: "metadata.name must be at most 63 characters long, because it becomes the value of a label",
    holds: (name) => name.length <= 63,
  },
];

/** The name begins the names of Services and StatefulSets: at most 40 characters, a letter first, no dots. */
export const WORKLOAD_NAME_RULES: readonly Rule<string>[] = [
  {
    rule: "self.metadata.name.size() <= 40",
    message:
      "metadata.name must be at most 40 characters long, because names of Services and pods are made from it",
    holds: (name) => name.length <= 40,
  },
  {
    rule: "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
    message:
      "metadata.name must start with a letter and hold only lower-case letters, digits and '-', because names of Services are made from it",
    holds: (name) => /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name),
  },
];

/** CEL for "this optional field stays as it was", present or absent. */
export function immutableField(field: string, advice: string): TransitionRule {
  return {
    rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
    message: `${field} must not change; ${advice}`,
    fieldPath: `.${field}`,
  };
}

/** A resource stays with its platform: what it owns lives there. */
export const PLATFORM_IMMUTABLE: TransitionRule = {
  rule: "self.platformRef.name == oldSelf.platformRef.name",
  message: "platformRef.name must not change; create a new resource for the other platform",
  fieldPath: ".platformRef.name",
};
