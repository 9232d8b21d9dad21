/** For tests: a cache that holds these objects and no others. */
import type { KubernetesObject, ObjectReader } from "../runtime/controller.ts";

export function readerOf(...objects: readonly KubernetesObject[]): Pick<ObjectReader, "cached" | "cachedBy"> {
  return {
    cached: ({ kind }, { namespace, name }) =>
      objects.find(
        (one) => one.kind === kind && one.metadata.namespace === namespace && one.metadata.name === name,
      ) as never,
    cachedBy: (index, value) =>
      objects.filter(
        (one) => one.kind === index.type.kind && index.valuesOf(one as never).includes(value),
      ) as never,
  };
}
