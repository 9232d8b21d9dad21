/**
 * Puts engines, operator and examples into the cluster that KUBECONFIG points to, and waits for them.
 * Works the same on the local cluster and on an existing one: it only talks through kubectl.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mustRun, runCommand } from "../support/command.ts";
import type { ReportProgress } from "../support/progress.ts";

/** An image as a manifest names it, and where it really is. */
export interface ImageReference {
  /** Short name, for example `collector`. */
  readonly name: string;
  /** Full reference with tag, for example `docker.io/openclickstream/collector:4f1c`. */
  readonly reference: string;
}

/** Images that the operator hands to the pods it makes, and the variables that name them. */
const operatorImages = {
  COLLECTOR_IMAGE: "collector",
  SPARK_IMAGE: "spark",
  TRINO_IMAGE: "trino",
  FLIGHT_GATEWAY_IMAGE: "flight-gateway",
  PROFILE_API_IMAGE: "profile-api",
};

/** A cluster seen through kubectl. */
export class Cluster {
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;

  /** `root` is the checkout; `kubeconfig` the file that points to the cluster. */
  constructor(root: string, kubeconfig: string) {
    this.root = root;
    this.environment = {
      KUBECONFIG: kubeconfig,
      PATH: `${join(root, ".local", "bin")}:${process.env["PATH"] ?? ""}`,
    };
  }

  /** Runs kubectl; returns standard output or throws with the end of what it printed. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    return mustRun("kubectl", args, { env: this.environment, ...(input === undefined ? {} : { input }) });
  }

  /** Runs kubectl with its output on this terminal; returns the exit code. */
  async show(args: readonly string[]): Promise<number> {
    return (await runCommand("kubectl", args, { env: this.environment, inherit: true })).exitCode;
  }

  /** Applies a kustomization with server-side apply; retries while the kinds it needs are still being established. */
  async apply(directory: string): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const args = ["apply", "--server-side", "--force-conflicts", "-k", directory];
      const result = await runCommand("kubectl", args, { env: this.environment });
      if (result.exitCode === 0) return;
      if (Date.now() > deadline || !/no matches for kind|connection refused|not found/i.test(result.tail)) {
        throw new Error(`kubectl apply -k ${relative(this.root, directory)} failed:\n${result.tail}`);
      }
      await sleep(500);
    }
  }

  /**
   * Applies `manifests/<name>` with the images given, through an overlay under `.local/deploy`.
   * Without an overlay the manifests name the released images.
   */
  async applyWithImages(name: string, images: readonly ImageReference[]): Promise<void> {
    const directory = join(this.root, ".local", "deploy", name);
    await mkdir(directory, { recursive: true });
    await writeFile(
      join(directory, "kustomization.yaml"),
      renderOverlay(relative(directory, join(this.root, "manifests", name)), name, images),
    );
    await this.apply(directory);
  }
}

/** The kustomization that replaces the released images of `base` with those given. */
function renderOverlay(base: string, name: string, images: readonly ImageReference[]): string {
  const lines = [
    "apiVersion: kustomize.config.k8s.io/v1beta1",
    "kind: Kustomization",
    "resources:",
    `  - ${base}`,
    "images:",
    ...images.flatMap((image) => {
      const separator = image.reference.lastIndexOf(":");
      return [
        `  - name: openclickstream/${image.name}`,
        `    newName: ${image.reference.slice(0, separator)}`,
        `    newTag: "${image.reference.slice(separator + 1)}"`,
      ];
    }),
  ];
  if (name === "operator") {
    lines.push("configMapGenerator:", "  - name: operator-images", "    namespace: openclickstream-system");
    lines.push("    behavior: merge", "    literals:");
    for (const [variable, imageName] of Object.entries(operatorImages)) {
      const image = images.find((candidate) => candidate.name === imageName);
      if (image !== undefined) lines.push(`      - ${variable}=${image.reference}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Objects of a namespace; those of one installation only, where it is named. */
interface Belonging {
  readonly namespace: string;
  readonly partOf?: string;
}

/** The part of any Kubernetes object that waiting looks at. */
export interface ObservedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly generation?: number };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>> & {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** Lists objects of the kinds given (comma separated, or a category). */
async function listObjects(
  cluster: Cluster,
  kinds: string,
  { namespace, partOf }: Belonging,
): Promise<ObservedObject[]> {
  const selector = partOf === undefined ? [] : ["--selector", `app.kubernetes.io/part-of=${partOf}`];
  const text = await cluster.kubectl([
    "get",
    kinds,
    "--namespace",
    namespace,
    ...selector,
    "--output",
    "json",
  ]);
  return (JSON.parse(text) as { items: ObservedObject[] }).items;
}

/** Why an object of ours is not Ready for its present generation, or undefined when it is. */
function unreadyReason(object: ObservedObject): string | undefined {
  const ready = object.status?.conditions?.find((condition) => condition.type === "Ready");
  const subject = `${object.kind}/${object.metadata.name}`;
  if (ready === undefined) return `${subject}: no status yet`;
  if (object.status?.observedGeneration !== object.metadata.generation)
    return `${subject}: spec not yet observed`;
  if (ready.status === "True") return undefined;
  return `${subject}: ${ready.reason ?? "NotReady"}: ${ready.message ?? ""}`;
}

/** Waits until every resource of the kinds in the namespace is Ready, at least `atLeast` of them; by default of all kinds. */
export async function waitUntilReady(
  cluster: Cluster,
  namespace: string,
  options: WaitOptions & { readonly atLeast: number; readonly kinds?: string },
): Promise<void> {
  await waitFor({ cluster, namespace }, options, async () => {
    const objects = await listObjects(cluster, options.kinds ?? "clickstream", { namespace });
    const waiting = objects.map(unreadyReason).filter((reason) => reason !== undefined);
    const isDone = objects.length >= options.atLeast && waiting.length === 0;
    return { isDone, message: describeWaiting(objects.length, waiting) };
  });
}

/** Waits until the table of a data product has rows. */
export async function waitUntilFilled(
  cluster: Cluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  options: WaitOptions,
): Promise<void> {
  await waitFor({ cluster, namespace }, options, async () => {
    const args = ["get", `dataproduct/${name}`, "--namespace", namespace, "--output", "json"];
    const product = JSON.parse(await cluster.kubectl(args)) as ObservedObject;
    const rows = Number(product.status?.["rows"] ?? 0);
    return { isDone: rows > 0, message: `${rows} rows; ${unreadyReason(product) ?? "Ready"}` };
  });
}

/** Waits until every Deployment and StatefulSet there runs its present generation with all replicas. */
export async function waitForWorkloads(
  cluster: Cluster,
  where: Belonging,
  options: WaitOptions,
): Promise<void> {
  await waitFor({ cluster, namespace: where.namespace }, options, async () => {
    const objects = await listObjects(cluster, "deployments,statefulsets", where);
    const waiting = objects.filter((object) => !isRolledOut(object)).map((object) => object.metadata.name);
    return {
      isDone: objects.length > 0 && waiting.length === 0,
      message: describeWaiting(objects.length, waiting),
    };
  });
}

function describeWaiting(total: number, waiting: readonly string[]): string {
  const rest = waiting.length === 0 ? "" : `; waiting for ${waiting.join("; ")}`;
  return `${total - waiting.length} of ${total} ready${rest}`;
}

function isRolledOut({ metadata, spec, status }: ObservedObject): boolean {
  const wanted = Number(spec?.["replicas"] ?? 1);
  // `replicas` counts old ones too: while there are any, the ready ones may be those.
  const counts = ["replicas", "updatedReplicas", "readyReplicas"].map((name) => Number(status?.[name] ?? 0));
  return status?.observedGeneration === metadata.generation && counts.every((count) => count === wanted);
}

interface Place {
  readonly cluster: Cluster;
  readonly namespace: string;
}

interface WaitOptions {
  readonly timeoutSeconds: number;
  readonly report: ReportProgress;
}

async function waitFor(
  { cluster, namespace }: Place,
  options: WaitOptions,
  check: () => Promise<{ isDone: boolean; message: string }>,
): Promise<void> {
  const deadline = Date.now() + options.timeoutSeconds * 1000;
  for (;;) {
    const { isDone, message } = await check();
    options.report(message);
    if (isDone) return;
    if (Date.now() > deadline) {
      throw new Error(
        `not ready after ${options.timeoutSeconds} s: ${message}\n${await diagnose(cluster, namespace)}`,
      );
    }
    await sleep(1000);
  }
}

/** What a person would look at first: resources, pods, warnings and the ends of the logs of pods that are not ready. */
export async function diagnose(cluster: Cluster, namespace: string): Promise<string> {
  const sections: string[] = [];
  const add = async (title: string, args: readonly string[]): Promise<void> => {
    const result = await runCommand("kubectl", args, { env: cluster.environment });
    sections.push(`--- ${title}\n${result.exitCode === 0 ? result.stdout.trimEnd() : result.tail}`);
  };
  await add("resources", ["get", "clickstream", "-n", namespace, "-o", "wide"]);
  await add("pods", ["get", "pods", "-n", namespace, "-o", "wide"]);
  await add("warnings", [
    "get",
    "events",
    "-n",
    namespace,
    "--field-selector",
    "type=Warning",
    "--sort-by",
    ".lastTimestamp",
  ]);
  for (const pod of await listObjects(cluster, "pods", { namespace })) {
    const ready = pod.status?.conditions?.find((condition) => condition.type === "Ready");
    if (ready?.status === "True") continue;
    const name = pod.metadata.name;
    await add(`log of ${name}`, ["logs", "-n", namespace, name, "--all-containers", "--tail", "30"]);
  }
  await add("operator log", ["logs", "-n", "openclickstream-system", "deployment/operator", "--tail", "30"]);
  return sections.join("\n");
}
