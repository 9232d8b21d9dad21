/** The life of the local cluster: what happens, in which order, when it starts and stops. */
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPrograms, type ClusterPrograms } from "./programs.ts";
import { hasCurrentCertificates, writeCredentials } from "./certificates.ts";
import { removeLeftovers, stopAllProcesses } from "./cleanup.ts";
import { mustRun } from "../support/command.ts";
import * as controlPlane from "./control-plane.ts";
import { importImages, removeUnusedImages, type LoadedImage } from "./image-store.ts";
import { changeKernelSettings, makeControlGroups, makeNetwork, mountState } from "./kernel.ts";
import { layoutOf, nodeName, runFolder, running, type Layout } from "./layout.ts";
import { withLock } from "../support/lock.ts";
import * as node from "./node.ts";
import { forgetReadiness, hasCondition, readPodSources, resolvesNames } from "./probes.ts";
import { fingerprintOf, livingPart, startParts, waitFor, type Part } from "./process.ts";
import { checkPrerequisites, installPackages } from "./prerequisites.ts";
import type { ReportProgress } from "../support/progress.ts";

export interface RunningCluster {
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** True when it ran already. */
  readonly wasRunning: boolean;
}

/** Not in the run folder, which a stop removes. */
const clusterLock = { file: `${runFolder}.lock`, purpose: "works on the local cluster", waitSeconds: 600 };
const silent: ReportProgress = () => undefined;

/** Installs the Debian packages that are missing and builds the programs that the cache lacks. */
export async function buildCluster(report: ReportProgress = silent): Promise<ClusterPrograms> {
  await installPackages(report);
  await checkPrerequisites();
  return buildPrograms(report);
}

/**
 * Starts the cluster and returns when the node is Ready and names resolve. Reuses what runs; starts what died; stops
 * the cluster of another checkout, and clears away what a crash left behind.
 */
export async function startCluster(report: ReportProgress = silent): Promise<RunningCluster> {
  const layout = layoutOf();
  const programs = await buildCluster(report);
  return withLock(clusterLock, report, async () => {
    const parts = partsOf({ layout, programs: programs.programs, pauseImage: programs.pauseImage.name });
    const wasRunning = await isRunning(layout, allOf(parts));
    if (!wasRunning) await start(layout, parts, { programs, report });
    await linkKubectl(layout, programs.programs);
    return { kubeconfig: layout.kubeconfig, kubectl: layout.kubectl, wasRunning };
  });
}

/** Stops the cluster of this machine, of whichever checkout, and leaves nothing of it but its state. */
export async function stopCluster(report: ReportProgress = silent): Promise<void> {
  await withLock(clusterLock, report, () => stop(report));
}

/** Imports image archives (OCI layout) into the running cluster; one that is there already costs nothing. */
export async function loadImages(
  archives: readonly string[],
  report: ReportProgress = silent,
): Promise<LoadedImage[]> {
  if (livingPart("containerd") === undefined)
    throw new Error("the local cluster does not run; start it with `make cluster`");
  return importImages(archives, report);
}

interface Parts {
  readonly storage: Part;
  readonly runtime: Part;
  readonly server: Part;
  readonly others: readonly Part[];
}

function partsOf(context: controlPlane.PartContext): Parts {
  return {
    storage: controlPlane.etcd(context),
    runtime: node.containerd(context),
    server: controlPlane.apiServer(context),
    others: [
      controlPlane.controllerManager(context),
      controlPlane.scheduler(context),
      controlPlane.volumes(context),
      node.kubelet(context),
      node.kubeProxy(context),
    ],
  };
}

function allOf(parts: Parts): Part[] {
  return [parts.storage, parts.runtime, parts.server, ...parts.others];
}

/** Names of all parts, in the order of their start. */
export function partNames(): string[] {
  return allOf(partsOf({ layout: layoutOf(), programs: "", pauseImage: "" })).map((part) => part.name);
}

async function isRunning(layout: Layout, parts: readonly Part[]): Promise<boolean> {
  if (!(await isPreparedFor(layout))) return false;
  if (!parts.every((part) => livingPart(part.name)?.fingerprint === fingerprintOf(part))) return false;
  try {
    return await hasCondition(layout, `/api/v1/nodes/${nodeName}`, "Ready");
  } catch {
    return false;
  }
}

/** Whose cluster is on this machine, running or left over. */
export interface Owner {
  readonly checkout: string;
  readonly apiPort: number;
}

/** Undefined when there is no cluster on this machine. */
export async function ownerOfRunning(): Promise<Owner | undefined> {
  return existsSync(running.owner) ? (JSON.parse(await readFile(running.owner, "utf8")) as Owner) : undefined;
}

interface StartContext {
  readonly programs: ClusterPrograms;
  readonly report: ReportProgress;
}

async function start(layout: Layout, parts: Parts, { programs, report }: StartContext): Promise<void> {
  const keepsPods = await canKeepNode(layout, parts);
  if (!keepsPods) {
    await stop(report);
    await prepareMachine(layout);
  }
  await changeKernelSettings();
  await makeControlGroups();
  await makeNetwork(layout);
  await writeConfiguration(layout, programs);
  report("starting etcd, containerd and the API server");
  await Promise.all([
    startRuntime(parts.runtime, programs),
    startParts([parts.storage]).then(() => startParts([parts.server])),
  ]);
  if (!keepsPods) await removeImagesOfThePast(layout, programs);
  if (livingPart("kubelet") === undefined) await forgetReadiness(layout);
  report("starting controller manager, scheduler, kubelet, kube-proxy and volumes");
  const all = allOf(parts).map((part) => part.name);
  await Promise.all([applyAddons(layout, programs), startParts(parts.others)]);
  report("waiting for the node");
  await waitFor({
    what: "the node did not become Ready",
    timeoutSeconds: 60,
    isOver: () => hasCondition(layout, `/api/v1/nodes/${nodeName}`, "Ready"),
    parts: all,
    suspects: ["kubelet", "containerd"],
  });
  report("node Ready; waiting for DNS");
  await waitFor({
    what: "the cluster's DNS did not answer",
    timeoutSeconds: 90,
    isOver: resolvesNames,
    parts: all,
    suspects: ["kubelet", "kube-proxy"],
  });
  report("the cluster runs");
}

/** Pods may stay when their runtime lives and the machine was prepared for this very cluster. */
async function canKeepNode(layout: Layout, parts: Parts): Promise<boolean> {
  const runtime = livingPart(parts.runtime.name);
  return runtime?.fingerprint === fingerprintOf(parts.runtime) && (await isPreparedFor(layout));
}

async function isPreparedFor(layout: Layout): Promise<boolean> {
  const owner = await ownerOfRunning();
  const isOurs = owner?.checkout === layout.checkout && owner.apiPort === layout.apiPort;
  return isOurs && (await hasCurrentCertificates(layout));
}

async function startRuntime(runtime: Part, programs: ClusterPrograms): Promise<void> {
  await startParts([runtime]);
  await importImages([programs.pauseImage.archive, programs.coreDnsImage.archive], silent);
}

/** Here and not when images are loaded: then nobody knows yet which of them will be used. */
async function removeImagesOfThePast(layout: Layout, programs: ClusterPrograms): Promise<void> {
  const own = JSON.stringify([programs.pauseImage.name, programs.coreDnsImage.name]);
  await removeUnusedImages(`${own}\n${await readPodSources(layout)}`);
}

async function stop(report: ReportProgress): Promise<void> {
  await stopAllProcesses(report);
  await removeLeftovers();
}

async function prepareMachine(layout: Layout): Promise<void> {
  // Volumes are open to every user, for the users of pods; other users of this machine stop here.
  await mkdir(layout.state, { recursive: true });
  await chmod(layout.state, 0o700);
  for (const folder of ["config/cni", "logs", "volumes", "kubelet", "pod-logs", "containerd"]) {
    await mkdir(join(layout.state, folder), { recursive: true, mode: 0o755 });
  }
  await mkdir(join(layout.state, "etcd"), { recursive: true, mode: 0o700 });
  await mkdir(running.parts, { recursive: true, mode: 0o700 });
  const owner: Owner = { checkout: layout.checkout, apiPort: layout.apiPort };
  await writeFile(running.owner, JSON.stringify(owner));
  await mountState(layout);
}

async function writeConfiguration(layout: Layout, programs: ClusterPrograms): Promise<void> {
  await writeCredentials(layout);
  const files: Readonly<Record<string, string>> = {
    "authentication.json": JSON.stringify(controlPlane.authenticationConfiguration),
    "containerd.toml": node.renderContainerdConfiguration(programs.pauseImage.name),
    "cni/10-open-clickstream.conflist": JSON.stringify(node.cniConfiguration),
    "kubelet.json": JSON.stringify(node.kubeletConfiguration),
    "kube-proxy.json": JSON.stringify(node.proxyConfiguration),
    "resolv.conf": "# Pods that take the node's names find none: the cluster has no names from outside.\n",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(layout.state, "config", name), text);
}

const addons = fileURLToPath(new URL("addons.yaml", import.meta.url));

async function applyAddons(layout: Layout, programs: ClusterPrograms): Promise<void> {
  const built = (await readFile(addons, "utf8")).replace(
    "localhost/openclickstream/coredns:BUILT",
    programs.coreDnsImage.name,
  );
  const apply = ["apply", "--server-side", "--force-conflicts", "--filename", "-"];
  await mustRun(join(programs.programs, "kubectl"), ["--kubeconfig", layout.kubeconfig, ...apply], {
    input: built,
  });
}

async function linkKubectl(layout: Layout, programs: string): Promise<void> {
  await mkdir(dirname(layout.kubectl), { recursive: true });
  await rm(layout.kubectl, { force: true });
  await symlink(join(programs, "kubectl"), layout.kubectl);
}
