/** Which cluster the operator works in: outside of it, names of namespaces and resources are not enough to tell whose a thing is. */
import type { KubernetesObject } from "../../api/objects.ts";
import { NAMESPACES } from "../../api/objects.ts";
import type { KubernetesClient } from "../../runtime/controller.ts";
import { WaitingError } from "../../runtime/errors.ts";

/** The uid of the namespace `kube-system`, which lives as long as its cluster; read once. */
export class ClusterIdentity {
  #uid: string | undefined;

  async read(kubernetes: Pick<KubernetesClient, "get">): Promise<string> {
    this.#uid ??= await readUid(kubernetes);
    return this.#uid;
  }
}

async function readUid(kubernetes: Pick<KubernetesClient, "get">): Promise<string> {
  const namespace = await kubernetes.get<KubernetesObject>(NAMESPACES, {
    namespace: "",
    name: "kube-system",
  });
  const uid = namespace?.metadata.uid;
  if (uid !== undefined) return uid;
  throw new WaitingError(
    "NotSettled",
    'the cluster has no namespace "kube-system", by which it is told from others',
  );
}
