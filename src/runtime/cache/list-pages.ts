/** Reads a whole collection in pages. */
import { isKubernetesError } from "../http/kubernetes-client.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import { resourcePath } from "../http/rest-client.ts";
import type { RestClient } from "../http/rest-client.ts";

const PAGE_SIZE = 500;
const PAGE_TIMEOUT_SECONDS = 60;

export interface CollectionScope {
  readonly type: ResourceType;
  readonly namespace?: string;
  readonly labelSelector?: string;
}

export interface ObjectList {
  readonly objects: readonly KubernetesObject[];
  readonly resourceVersion: string;
}

interface ListPage {
  readonly items?: readonly KubernetesObject[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/** All objects at one version. When a page's token expires (410) everything is read again in one piece, as client-go does. Throws `KubernetesError`. */
export async function listPages(
  rest: RestClient,
  scope: CollectionScope,
  signal: AbortSignal,
): Promise<ObjectList> {
  const objects: KubernetesObject[] = [];
  let token: string | undefined;
  for (;;) {
    const page: ListPage | "expired" = await readPage(rest, { ...scope, limit: PAGE_SIZE, token }, signal);
    if (page === "expired") break;
    objects.push(...(page.items ?? []));
    token = page.metadata.continue;
    if (token === undefined || token === "")
      return { objects, resourceVersion: page.metadata.resourceVersion };
  }
  const whole = await readPage(rest, scope, signal);
  if (whole === "expired") throw new Error("unreachable: a list without a token cannot expire");
  return { objects: whole.items ?? [], resourceVersion: whole.metadata.resourceVersion };
}

type PageRequest = CollectionScope & { readonly limit?: number; readonly token?: string | undefined };

async function readPage(
  rest: RestClient,
  request: PageRequest,
  signal: AbortSignal,
): Promise<ListPage | "expired"> {
  const { type, namespace, labelSelector, limit, token } = request;
  try {
    return await rest.json<ListPage>({
      verb: "list",
      path: resourcePath(type, namespace === undefined ? {} : { namespace }),
      query: { labelSelector, limit, continue: token },
      signal,
      timeoutSeconds: PAGE_TIMEOUT_SECONDS,
    });
  } catch (error) {
    if (token !== undefined && isKubernetesError(error, "Gone")) return "expired";
    throw error;
  }
}
