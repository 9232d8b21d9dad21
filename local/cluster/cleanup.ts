/** Finds and removes all that a cluster leaves on the machine: processes, mounts, interfaces, rules, groups, files. */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { rm, rmdir, unlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { mustRun, runCommand } from "../support/command.ts";
import { controlGroupHierarchies, restoreKernelSettings } from "./kernel.ts";
import { controlGroups, network, runFolder } from "./layout.ts";
import { identify, stopProcesses, type ProcessIdentity } from "./process.ts";
import type { ReportProgress } from "../support/progress.ts";

/** A process as /proc shows it. */
export interface ProcessListing {
  readonly pid: number;
  readonly arguments: readonly string[];
  /** Text of /proc/<pid>/cgroup. */
  readonly controlGroups: string;
}

export type ProcessRole = "kubelet" | "pod" | "shim" | "client" | "kube-apiserver" | "etcd" | "containerd";

const roles: Readonly<Record<string, ProcessRole>> = {
  kubelet: "kubelet",
  "containerd-shim-runc-v2": "shim",
  "kube-proxy": "client",
  "kube-scheduler": "client",
  "kube-controller-manager": "client",
  "local-volumes": "client",
  "kube-apiserver": "kube-apiserver",
  etcd: "etcd",
  containerd: "containerd",
};

/** What a process is to our cluster, or undefined when it is none of ours: only our parts name our run folder. */
export function roleOf(listing: ProcessListing): ProcessRole | undefined {
  const groups = listing.controlGroups.split("\n");
  if (groups.some((line) => line.includes(`:/${controlGroups.pods}/`))) return "pod";
  const role = roles[basename(listing.arguments[0] ?? "")];
  const isOurs = listing.arguments.some((argument) => argument.includes(`${runFolder}/`));
  return isOurs ? role : undefined;
}

interface FoundProcess extends ProcessIdentity {
  readonly role: ProcessRole;
  readonly program: string;
}

/** All living processes of a local cluster, of whichever checkout. */
function findProcesses(): FoundProcess[] {
  return readListings().flatMap((listing) => {
    const role = roleOf(listing);
    const identity = role === undefined ? undefined : identify(listing.pid);
    if (role === undefined || identity === undefined) return [];
    return [{ ...identity, role, program: basename(listing.arguments[0] ?? "") }];
  });
}

function readListings(): ProcessListing[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readListing(Number(name)))
    .filter((listing) => listing !== undefined);
}

function readListing(pid: number): ProcessListing | undefined {
  try {
    return {
      pid,
      arguments: readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0"),
      controlGroups: readFileSync(`/proc/${pid}/cgroup`, "utf8"),
    };
  } catch {
    return undefined; // it ended in between
  }
}

/** Process ids of kubelets that are not ours: two of them would fight over the machine. */
export function findForeignKubelets(): number[] {
  return readListings()
    .filter((listing) => /^(kubelet|k3s|k0s)$/.test(basename(listing.arguments[0] ?? "")))
    .filter((listing) => roleOf(listing) === undefined)
    .map((listing) => listing.pid);
}

/** Mount points at a folder and below it, the innermost first, from the text of /proc/self/mountinfo. */
export function mountsWithin(folder: string, mountInfo: string): string[] {
  return mountInfo
    .split("\n")
    .map((line) => unescapeMountPoint(line.split(" ")[4] ?? ""))
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .reverse();
}

function unescapeMountPoint(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

const ownChain = new RegExp(`^(KUBE-|CNI-|${network.chain})`);

/**
 * From the output of iptables-save, the input of `iptables-restore --noflush` that removes the chains of Kubernetes, of
 * CNI and of ours with every rule that leads there; undefined when there is none.
 */
export function planRuleRemoval(saved: string): string | undefined {
  const tables = saved.split(/^(?=\*)/m).map(planTableRemoval);
  const found = tables.filter((table) => table !== undefined);
  return found.length === 0 ? undefined : found.join("");
}

function planTableRemoval(table: string): string | undefined {
  const lines = table.split("\n");
  const chains = lines
    .filter((line) => line.startsWith(":"))
    .map((line) => line.slice(1).split(" ")[0] ?? "")
    .filter((chain) => ownChain.test(chain));
  if (chains.length === 0) return undefined;
  const jumps = lines.filter((line) => {
    const rule = /^-A (\S+) .*(?:-j|-g) (\S+)/.exec(line);
    return rule !== null && !ownChain.test(rule[1] ?? "") && ownChain.test(rule[2] ?? "");
  });
  return [
    lines[0],
    ...chains.map((chain) => `:${chain} - [0:0]`), // empties it, so that no rule refers to the next
    ...jumps.map((line) => line.replace("-A", "-D")),
    ...chains.map((chain) => `-X ${chain}`),
    "COMMIT\n",
  ].join("\n");
}

/** Seconds that pods get to end by themselves. */
const podGraceSeconds = 10;

/** Stops every process of the cluster: first the node's agent, then the pods, and last what they all rest on. */
export async function stopAllProcesses(report: ReportProgress): Promise<void> {
  const inRole = (role: ProcessRole): FoundProcess[] =>
    findProcesses().filter((found) => found.role === role);
  await stopProcesses(inRole("kubelet"), 5);
  const pods = inRole("pod");
  if (pods.length > 0) report(`stopping ${pods.length} processes of pods`);
  // The pause programs hold the pods' namespaces, so they go last.
  await stopProcesses(
    pods.filter((pod) => pod.program !== "pause"),
    podGraceSeconds,
  );
  await stopProcesses(inRole("pod"), 1);
  if (findProcesses().length > 0) report("stopping the control plane");
  await stopProcesses(inRole("client"), 3);
  await stopProcesses(inRole("kube-apiserver"), 3);
  await stopProcesses(inRole("etcd"), 5);
  await stopProcesses(inRole("containerd"), 5);
  await stopProcesses(inRole("shim"), 0);
  await stopProcesses(inRole("pod"), 0); // what a shim began at the last moment
}

/** Removes what processes leave behind; they must have ended. */
export async function removeLeftovers(): Promise<void> {
  await unmountAll();
  await removeNetwork();
  for (const path of controlGroupPaths()) await removeControlGroup(path);
  restoreKernelSettings();
  await removeLinks("/var/log/containers");
  await removeCniResults("/var/lib/cni/results");
  await removeDeadSockets(["/run/containerd/s", "/var/lib/kubelet/device-plugins"]);
  for (const folder of sharedFolders.filter(existsSync)) {
    await runCommand("rmdir", [folder]); // fails when it is in use, and then it stays
  }
  // One file system only: a mount that is still there must not be emptied.
  if (existsSync(runFolder)) await mustRun("rm", ["-r", "--one-file-system", "--force", runFolder]);
}

async function unmountAll(): Promise<void> {
  const mounts = mountsWithin(runFolder, readFileSync("/proc/self/mountinfo", "utf8"));
  for (const mount of mounts) {
    if ((await runCommand("umount", [mount])).exitCode !== 0) await runCommand("umount", ["--lazy", mount]);
  }
  const left = mountsWithin(runFolder, readFileSync("/proc/self/mountinfo", "utf8"));
  if (left.length > 0) throw new Error(`still mounted: ${left.join(", ")}`);
}

async function removeNetwork(): Promise<void> {
  if (existsSync(`/sys/class/net/${network.bridge}`)) {
    for (const port of readdirSync(`/sys/class/net/${network.bridge}/brif`))
      await runCommand("ip", ["link", "delete", port]);
    await mustRun("ip", ["link", "delete", network.bridge]);
  }
  for (const program of ["iptables", "ip6tables"]) {
    const saved = await runCommand(`${program}-save`, []);
    const plan = saved.exitCode === 0 ? planRuleRemoval(saved.stdout) : undefined;
    if (plan !== undefined) await mustRun(`${program}-restore`, ["--wait", "--noflush"], { input: plan });
  }
}

function controlGroupPaths(): string[] {
  return controlGroupHierarchies().flatMap((hierarchy) =>
    Object.values(controlGroups).map((group) => join(hierarchy, group)),
  );
}

async function removeControlGroup(path: string): Promise<void> {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeControlGroup(join(path, entry.name));
  }
  await rmdir(path);
}

/** kubelet links each container's log into a folder that all of Kubernetes knows. */
async function removeLinks(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink() && readlinkSync(path).startsWith(`${runFolder}/`)) await unlink(path);
  }
}

/** Folders whose place Kubernetes and containerd fix; they go when nobody else has something in them. */
const sharedFolders = [
  "/run/containerd/s",
  "/run/containerd",
  "/var/log/containers",
  "/var/lib/cni/results",
  "/var/lib/kubelet/device-plugins",
  "/var/lib/kubelet",
];

/** Removes sockets on which nobody listens. */
async function removeDeadSockets(folders: readonly string[]): Promise<void> {
  const listening = readFileSync("/proc/net/unix", "utf8");
  for (const folder of folders.filter(existsSync)) {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (lstatSync(path).isSocket() && !listening.includes(path)) await unlink(path);
    }
  }
}

async function removeCniResults(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const sandboxes = readdirSync(folder)
    .map((name) => /^open-clickstream-(.+)-eth0$/.exec(name)?.[1])
    .filter((sandbox) => sandbox !== undefined);
  for (const sandbox of sandboxes) {
    await rm(join(folder, `open-clickstream-${sandbox}-eth0`), { force: true });
    await rm(join(folder, `cni-loopback-${sandbox}-lo`), { force: true });
  }
}

/** What of a cluster is still on the machine, one line each; empty after a stop. */
export async function listLeftovers(): Promise<string[]> {
  const rules = await Promise.all(
    ["iptables", "ip6tables"].map(async (program) => {
      const saved = await runCommand(`${program}-save`, []);
      return planRuleRemoval(saved.stdout) === undefined ? [] : [`rules of ${program}`];
    }),
  );
  return [
    ...findProcesses().map((found) => `process ${found.pid} (${found.program})`),
    ...mountsWithin(runFolder, readFileSync("/proc/self/mountinfo", "utf8")).map((mount) => `mount ${mount}`),
    ...[`/sys/class/net/${network.bridge}`, runFolder].filter(existsSync),
    ...controlGroupPaths().filter(existsSync),
    ...rules.flat(),
  ];
}
