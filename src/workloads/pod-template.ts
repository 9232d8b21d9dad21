/** Puts what a manifest says of pods over what the operator makes, as Kubernetes' own strategic merge would. Pure. */
import type { V1EnvVar, V1ObjectMeta, V1PodSpec, V1TopologySpreadConstraint } from "@kubernetes/client-node";
import type { Immutable } from "../crds/kind-definition.ts";
import type { PodTemplate } from "../crds/pod-template.ts";
import { GROUP } from "../naming/marks.ts";
import { TerminalError } from "../runtime/errors.ts";

/** What a manifest may say; every part may be absent. */
export type GivenPodTemplate = Immutable<PodTemplate> | undefined;

/** A pod as the operator makes it. The labels select it, so that they must be there. */
export interface OwnTemplate {
  readonly metadata: V1ObjectMeta & { readonly labels: Record<string, string> };
  readonly spec: V1PodSpec;
}

/** Where a manifest says it, and the names of variables that are set elsewhere than in the template. */
export interface PodTemplateField {
  readonly field: string;
  readonly variables?: readonly string[];
}

/** Throws `TerminalError` for a label, an annotation or a variable that the operator sets. */
export function withPodTemplate<Template extends OwnTemplate>(
  own: Template,
  given: GivenPodTemplate,
  { field, variables = [] }: PodTemplateField,
): Template {
  if (given === undefined) return own;
  const { metadata, spec } = own;
  const { labels, annotations, env, topologySpreadConstraints, imagePullSecrets, ...rest } = given;
  refuseOwn(labels, metadata.labels, `${field}.labels`);
  refuseOwn(annotations, metadata.annotations, `${field}.annotations`);
  const [main, ...others] = spec.containers;
  if (main === undefined) return own;
  const taken = [...variables, ...(main.env ?? []).map(({ name }) => name)];
  const further = environment(env ?? [], taken, `${field}.env`);
  return {
    ...own,
    metadata: {
      ...metadata,
      labels: { ...labels, ...metadata.labels },
      ...(annotations === undefined ? {} : { annotations: { ...annotations, ...metadata.annotations } }),
    },
    spec: {
      ...spec,
      ...clone(rest),
      ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: clone(imagePullSecrets) }),
      ...spreadOf(own, topologySpreadConstraints),
      containers: [
        further.length === 0 ? main : { ...main, env: [...(main.env ?? []), ...further] },
        ...others,
      ],
    },
  };
}

/** Ours select pods and roll them; another value would lose them. */
function refuseOwn(
  given: Readonly<Record<string, string>> | undefined,
  own: Readonly<Record<string, string>> | undefined,
  field: string,
): void {
  const taken = Object.keys(given ?? {}).find(
    (name) => Object.hasOwn(own ?? {}, name) || name.startsWith(`${GROUP}/`),
  );
  if (taken === undefined) return;
  throw setByOperator(taken, field);
}

function setByOperator(name: string, field: string): TerminalError {
  const message = `${field} must not hold "${name}", which the operator sets; leave it out`;
  return new TerminalError("InvalidSpec", message, { field });
}

function environment(
  given: NonNullable<NonNullable<GivenPodTemplate>["env"]>,
  taken: readonly string[],
  field: string,
): V1EnvVar[] {
  for (const { name } of given) if (taken.includes(name)) throw setByOperator(name, field);
  return given.map(({ name, value, secretRef }) =>
    secretRef === undefined
      ? { name, value: value ?? "" }
      : { name, valueFrom: { secretKeyRef: { name: secretRef.name, key: secretRef.key } } },
  );
}

/** The merge key of these is the topology. */
function spreadOf(
  { metadata, spec }: OwnTemplate,
  given: NonNullable<GivenPodTemplate>["topologySpreadConstraints"],
): Pick<V1PodSpec, "topologySpreadConstraints"> {
  if (given === undefined) return {};
  const kept = (spec.topologySpreadConstraints ?? []).filter(
    ({ topologyKey }) => !given.some((constraint) => constraint.topologyKey === topologyKey),
  );
  const further = given.map((constraint) => ({
    labelSelector: { matchLabels: metadata.labels },
    ...clone(constraint),
  })) as V1TopologySpreadConstraint[];
  return { topologySpreadConstraints: [...kept, ...further] };
}

/** A plan holds its own copy, which nobody has frozen. */
function clone<Value>(value: Immutable<Value>): Value {
  return structuredClone(value) as Value;
}
