/** Takes a path of the API apart. */

export interface FakeTarget {
  /** `apps/v1/deployments`, `v1/secrets`. */
  readonly collection: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

const PATH =
  /^\/(?:api\/(?<core>[^/]+)|apis\/(?<group>[^/]+\/[^/]+))(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/;

/** Throws on a path that is none of the API's. */
export function parseTarget(path: string): FakeTarget {
  const groups = PATH.exec(decodeURIComponent(path))?.groups;
  if (groups === undefined) throw new Error(`not a path of the API: ${path}`);
  const { core, group, namespace, plural = "", name, subresource } = groups;
  return {
    collection: `${group ?? core ?? ""}/${plural}`,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}
