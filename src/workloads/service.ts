/** The address of a component. Pure. */
import type { V1ServiceSpec } from "@kubernetes/client-node";
import type { Child } from "../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../targets/kubernetes/child.ts";
import type { Maker, Part } from "./metadata.ts";
import { childMetadata, componentLabels } from "./metadata.ts";

/** A Service that leads to the pods of the component. */
export function service(
  maker: Maker,
  part: Required<Part>,
  {
    annotations,
    ports,
    ...rest
  }: Omit<V1ServiceSpec, "selector" | "ports"> &
    Required<Pick<V1ServiceSpec, "ports">> & { readonly annotations?: Readonly<Record<string, string>> },
): Child<{ spec: V1ServiceSpec }> {
  const metadata = { ...childMetadata(maker, part), ...(annotations && { annotations }) };
  return child(CHILD_TYPES.Service, metadata, {
    spec: { ...rest, selector: componentLabels(maker, part.component), ports },
  });
}

/** What a manifest may say of a Service. */
export interface GivenService {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly loadBalancerClass?: string | undefined;
  readonly loadBalancerSourceRanges?: readonly string[] | undefined;
}

/** The same as the fields of a Service; what is not said is not there. */
export function givenServiceFields({
  annotations,
  loadBalancerClass,
  loadBalancerSourceRanges,
}: GivenService): Pick<V1ServiceSpec, "loadBalancerClass" | "loadBalancerSourceRanges"> & {
  readonly annotations?: Readonly<Record<string, string>>;
} {
  return {
    ...(annotations === undefined ? {} : { annotations }),
    ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }),
    ...(loadBalancerSourceRanges === undefined
      ? {}
      : { loadBalancerSourceRanges: [...loadBalancerSourceRanges] }),
  };
}
