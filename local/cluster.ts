/** The local cluster: one Kubernetes node on this machine. `node local/cluster.ts help` lists the commands. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPrograms, type ClusterPrograms } from "./binaries.ts";
import { writeCredentials } from "./certificates.ts";
import { listLeftovers, removeLeftovers, stopAllProcesses } from "./cleanup.ts";
import { mustRun } from "./command.ts";
import * as controlPlane from "./control-plane.ts";
import { importImages, type LoadedImage } from "./image-store.ts";
import { changeKernelSettings, makeControlGroups, makeNetwork, mountState } from "./kernel.ts";
import { layoutOf, nodeName, running, type Layout } from "./layout.ts";
import { withLock } from "./lock.ts";
import * as node from "./node.ts";
import { hasCondition, markPodsUnready, resolvesNames } from "./probes.ts";
import { fingerprintOf, livingPart, startParts, waitFor, type Part } from "./process.ts";
import { installPackages, missingPrerequisites } from "./prerequisites.ts";
import { Steps, type ReportProgress } from "./progress.ts";

export interface RunningCluster {
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** True when it ran already. */
  readonly wasRunning: boolean;
}

const silent: ReportProgress = () => undefined;

/** Installs the Debian packages that are missing and builds the programs that the cache lacks. */
export async function buildCluster(report: ReportProgress = silent): Promise<ClusterPrograms> {
  await installPackages(report);
  await checkMachine();
  return buildPrograms(report);
}

/**
 * Starts the cluster and returns when the node is Ready and names resolve. Reuses what runs; starts what died; stops
 * the cluster of another checkout, and clears away what a crash left behind.
 */
export async function startCluster(report: ReportProgress = silent): Promise<RunningCluster> {
  const layout = layoutOf();
  const programs = await buildCluster(report);
  return withLock(report, async () => {
    const parts = partsOf({ layout, programs: programs.programs, pauseImage: programs.pauseImage.name });
    const wasRunning = await isRunning(layout, Object.values(parts).flat());
    if (!wasRunning) await start(layout, parts, { programs, report });
    await linkKubectl(layout, programs.programs);
    return { kubeconfig: layout.kubeconfig, kubectl: layout.kubectl, wasRunning };
  });
}

/** Stops the cluster of this machine, of whichever checkout, and leaves nothing of it but its state. */
export async function stopCluster(report: ReportProgress = silent): Promise<void> {
  await withLock(report, () => stop(report));
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

async function isRunning(layout: Layout, parts: readonly Part[]): Promise<boolean> {
  if ((await ownerOfRunning()) !== layout.checkout) return false;
  if (!parts.every((part) => livingPart(part.name)?.fingerprint === fingerprintOf(part))) return false;
  try {
    return await hasCondition(layout, `/api/v1/nodes/${nodeName}`, { type: "Ready" });
  } catch {
    return false;
  }
}

/** The checkout whose cluster is on this machine, running or left over; undefined when there is none. */
async function ownerOfRunning(): Promise<string | undefined> {
  return existsSync(running.owner) ? (await readFile(running.owner, "utf8")).trim() : undefined;
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
  await writeConfiguration(layout, programs);
  // A kubelet that lives says nothing new about the node; one that is started does so at once.
  const startsKubelet = livingPart("kubelet") === undefined;
  const began = Math.floor(Date.now() / 1000) * 1000; // the API's times have whole seconds
  report("starting etcd, containerd and the API server");
  await Promise.all([
    startRuntime(parts.runtime, programs),
    startParts([parts.storage]).then(() => startParts([parts.server])),
  ]);
  if (!keepsPods) await markPodsUnready(layout);
  report("starting controller manager, scheduler, kubelet, kube-proxy and volumes");
  const all = Object.values(parts)
    .flat()
    .map((part) => (part as Part).name);
  await Promise.all([applyAddons(layout, programs), startParts(parts.others)]);
  report("waiting for the node");
  await waitFor({
    what: "the node did not become Ready",
    timeoutSeconds: 60,
    isOver: () =>
      hasCondition(layout, `/api/v1/nodes/${nodeName}`, {
        type: "Ready",
        ...(startsKubelet ? { since: began } : {}),
      }),
    parts: all,
  });
  report("node Ready; waiting for DNS");
  await waitFor({
    what: "CoreDNS did not answer",
    timeoutSeconds: 90,
    isOver: resolvesNames,
    parts: all,
  });
  report("the cluster runs");
}

/** Pods may stay when their runtime lives and the machine was prepared for this checkout. */
async function canKeepNode(layout: Layout, parts: Parts): Promise<boolean> {
  const runtime = livingPart(parts.runtime.name);
  return (
    runtime?.fingerprint === fingerprintOf(parts.runtime) && (await ownerOfRunning()) === layout.checkout
  );
}

async function startRuntime(runtime: Part, programs: ClusterPrograms): Promise<void> {
  await startParts([runtime]);
  await importImages([programs.pauseImage.archive, programs.coreDnsImage.archive], silent);
}

async function stop(report: ReportProgress): Promise<void> {
  await stopAllProcesses(report);
  await removeLeftovers();
}

async function prepareMachine(layout: Layout): Promise<void> {
  for (const folder of ["config/cni", "logs", "volumes", "kubelet", "pod-logs", "containerd"]) {
    await mkdir(join(layout.state, folder), { recursive: true, mode: 0o755 });
  }
  await mkdir(join(layout.state, "etcd"), { recursive: true, mode: 0o700 });
  await mkdir(running.parts, { recursive: true, mode: 0o700 });
  await writeFile(running.owner, layout.checkout);
  await mountState(layout);
  await changeKernelSettings();
  await makeControlGroups();
  await makeNetwork(layout);
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

interface Command {
  readonly help: string;
  readonly run: (report: ReportProgress, args: readonly string[]) => Promise<void>;
}

const commands: Readonly<Record<string, Command>> = {
  install: { help: "install the Debian packages that are missing", run: installPackages },
  doctor: { help: "name what this machine lacks, and how to get it", run: async () => checkMachine() },
  build: {
    help: "build the programs that the cache lacks",
    run: async (report) => {
      await buildCluster(report);
    },
  },
  start: {
    help: "start the cluster, or what of it does not run",
    run: async (report) => {
      const cluster = await startCluster(report);
      console.log(
        `${cluster.wasRunning ? "It runs already" : "It runs"}: export KUBECONFIG=${cluster.kubeconfig}`,
      );
    },
  },
  stop: { help: "stop it; its data stays", run: async (report) => stopCluster(report) },
  status: { help: "tell which parts live, and how the node is", run: async () => printStatus() },
  load: {
    help: "ARCHIVE...  import image archives",
    run: async (report, archives) => {
      const images = await loadImages(
        archives.map((archive) => resolve(archive)),
        report,
      );
      for (const image of images)
        console.log(`${image.name}  ${image.isNew ? "loaded" : "is there already"}`);
    },
  },
  clean: {
    help: "stop it and remove its data",
    run: async (report) => {
      await stopCluster(report);
      await rm(layoutOf().state, { recursive: true, force: true });
    },
  },
};

async function checkMachine(): Promise<void> {
  const missing = await missingPrerequisites();
  if (missing.length === 0) return;
  const lines = missing.map((item) => `  - ${item.what}: ${item.remedy}`);
  throw new Error(
    `this machine lacks\n${lines.join("\n")}\n\`node local/cluster.ts install\` installs the Debian packages`,
  );
}

async function printStatus(): Promise<void> {
  const layout = layoutOf();
  const owner = await ownerOfRunning();
  if (owner === undefined) {
    console.log("No local cluster runs on this machine.");
    return;
  }
  console.log(`The cluster of ${owner}${owner === layout.checkout ? "" : " (another checkout)"}`);
  const parts = Object.values(partsOf({ layout, programs: "", pauseImage: "" })).flat() as Part[];
  for (const { name } of parts) {
    const living = livingPart(name);
    console.log(`  ${name.padEnd(24)} ${living === undefined ? "dead" : `process ${living.pid}`}`);
  }
  if (owner !== layout.checkout || livingPart("kube-apiserver") === undefined) return;
  await mustRun(
    layout.kubectl,
    ["--kubeconfig", layout.kubeconfig, "get", "nodes,pods", "--all-namespaces"],
    { inherit: true },
  );
}

async function main(name: string, args: readonly string[]): Promise<void> {
  const command = commands[name];
  if (command === undefined) {
    for (const [known, { help }] of Object.entries(commands)) console.log(`  ${known.padEnd(8)} ${help}`);
    process.exitCode = name === "help" ? 0 : 2;
    return;
  }
  const began = performance.now();
  await new Steps().run(`local cluster: ${name}`, (report) => command.run(report, args));
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (name === "stop" || name === "clean") {
    const left = await listLeftovers();
    if (left.length > 0)
      throw new Error(`the stop left behind\n${left.map((line) => `  - ${line}`).join("\n")}`);
  }
}

if (import.meta.main) {
  try {
    await main(process.argv[2] ?? "help", process.argv.slice(3));
  } catch (error) {
    console.error(`\nThe local cluster: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
