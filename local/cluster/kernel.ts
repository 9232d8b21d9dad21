/** What the node needs of the kernel: the bridge, forwarding rules, settings, control groups, the mount of the state. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { mustRun, runCommand } from "../support/command.ts";
import { controlGroups, network, running, type Layout } from "./layout.ts";

/** Settings that the cluster needs, or that kubelet sets by itself; their values from before come back at the stop. */
const neededSettings: Readonly<Record<string, string>> = {
  "net/ipv4/ip_forward": "1",
  // A Service's answer between two pods of one bridge must pass iptables to get its address back.
  "net/bridge/bridge-nf-call-iptables": "1",
};
const settingsOfKubelet = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];

const settingPath = (name: string): string => join("/proc/sys", name);

/** Sets the kernel's settings and remembers what they were, unless an earlier start that was not stopped did. */
export async function changeKernelSettings(): Promise<void> {
  for (const module of ["br_netfilter", "overlay"]) await runCommand("modprobe", [module]); // may be built in
  if (!existsSync(running.kernelSettings)) {
    const names = [...Object.keys(neededSettings), ...settingsOfKubelet].filter((name) =>
      existsSync(settingPath(name)),
    );
    const values = Object.fromEntries(
      names.map((name) => [name, readFileSync(settingPath(name), "utf8").trim()]),
    );
    writeFileSync(running.kernelSettings, JSON.stringify(values));
  }
  for (const [name, value] of Object.entries(neededSettings)) {
    if (!existsSync(settingPath(name)))
      throw new Error(`the kernel has no setting "${name}"; load its module`);
    writeFileSync(settingPath(name), value);
  }
}

/** Gives the kernel's settings the values from before the start. */
export function restoreKernelSettings(): void {
  if (!existsSync(running.kernelSettings)) return;
  const values = JSON.parse(readFileSync(running.kernelSettings, "utf8")) as Record<string, string>;
  for (const [name, value] of Object.entries(values)) {
    if (!existsSync(settingPath(name)) || readFileSync(settingPath(name), "utf8").trim() === value) continue;
    writeFileSync(settingPath(name), value);
  }
}

/** The rules of our own chains for pods, as iptables-restore reads them; naming a chain empties it first. */
export function renderForwardingRules(): string {
  const { chain, bridge, podRange } = network;
  return `*nat
:${chain} - [0:0]
-A ${chain} -s ${podRange} ! -o ${bridge} -j MASQUERADE
COMMIT
*filter
:${chain}-FORWARD - [0:0]
-A ${chain}-FORWARD -s ${podRange} -j ACCEPT
-A ${chain}-FORWARD -d ${podRange} -j ACCEPT
COMMIT
`;
}

/** The rules that shut other machines out from the API server. */
export function renderGuardRules(apiPort: number): string {
  const { chain, bridge } = network;
  return `*filter
:${chain}-INPUT - [0:0]
-A ${chain}-INPUT -i lo -j RETURN
-A ${chain}-INPUT -i ${bridge} -j RETURN
-A ${chain}-INPUT -p tcp -m tcp --dport ${apiPort} -j REJECT --reject-with tcp-reset
COMMIT
`;
}

/** Makes the bridge with the node's address, the route to the Services, and our rules; what is there already stays. */
export async function makeNetwork(layout: Layout): Promise<void> {
  const { bridge, chain, nodeAddress, podRange, serviceRange } = network;
  if (!existsSync(`/sys/class/net/${bridge}`)) await mustRun("ip", ["link", "add", bridge, "type", "bridge"]);
  const prefix = podRange.slice(podRange.indexOf("/"));
  await mustRun("ip", ["address", "replace", `${nodeAddress}${prefix}`, "dev", bridge]);
  await mustRun("ip", ["link", "set", bridge, "up"]);
  await mustRun("ip", ["route", "replace", serviceRange, "dev", bridge]);
  await restoreRules("iptables", renderForwardingRules());
  await jumpTo("iptables", ["nat", "POSTROUTING", chain]);
  await jumpTo("iptables", ["filter", "FORWARD", `${chain}-FORWARD`]);
  for (const program of ["iptables", ...(existsSync("/proc/net/if_inet6") ? ["ip6tables"] : [])]) {
    await restoreRules(program, renderGuardRules(layout.apiPort));
    await jumpTo(program, ["filter", "INPUT", `${chain}-INPUT`]);
  }
}

async function restoreRules(program: string, rules: string): Promise<void> {
  await mustRun(`${program}-restore`, ["--wait", "--noflush"], { input: rules });
}

async function jumpTo(program: string, [table, from, to]: readonly [string, string, string]): Promise<void> {
  const rule = [from, "-j", to];
  const check = await runCommand(program, ["--wait", "-t", table, "-C", ...rule]);
  if (check.exitCode !== 0) await mustRun(program, ["--wait", "-t", table, "-I", ...rule]);
}

const controlGroupRoot = "/sys/fs/cgroup";

/** The hierarchies of control groups: one with version 2, one for each controller with version 1. */
export function controlGroupHierarchies(): string[] {
  if (existsSync(join(controlGroupRoot, "cgroup.controllers"))) return [controlGroupRoot];
  if (!existsSync(controlGroupRoot)) return [];
  return readdirSync(controlGroupRoot)
    .map((name) => join(controlGroupRoot, name))
    .filter((path) => existsSync(join(path, "cgroup.procs")));
}

/** Makes the groups of the pods, which kubelet wants to be there, and of the parts. */
export async function makeControlGroups(): Promise<void> {
  const version2 = join(controlGroupRoot, "cgroup.controllers");
  if (existsSync(version2)) {
    const controllers = readFileSync(version2, "utf8").trim().split(" ");
    const enable = controllers.map((name) => `+${name}`).join(" ");
    writeFileSync(join(controlGroupRoot, "cgroup.subtree_control"), enable);
  }
  for (const hierarchy of controlGroupHierarchies()) {
    for (const group of Object.values(controlGroups)) {
      await mkdir(join(hierarchy, group), { recursive: true });
      // A new cpuset of version 1 is empty, and nothing may run in it.
      for (const name of ["cpuset.cpus", "cpuset.mems"]) {
        copyWhenEmpty(join(hierarchy, name), join(hierarchy, group, name));
      }
    }
    // With version 1 all pods weigh as much as one other process; this gives them the weight of the machine's cores.
    const shares = join(hierarchy, controlGroups.pods, "cpu.shares");
    if (existsSync(shares)) writeFileSync(shares, String(1024 * availableParallelism()));
  }
}

function copyWhenEmpty(from: string, to: string): void {
  if (!existsSync(from) || !existsSync(to) || readFileSync(to, "utf8").trim() !== "") return;
  writeFileSync(to, readFileSync(from, "utf8").trim());
}

/** Moves a process, with all that it starts from then on, into the group of the parts. */
export function joinPartsGroup(pid: number): void {
  for (const hierarchy of controlGroupHierarchies()) {
    writeFileSync(join(hierarchy, controlGroups.parts, "cgroup.procs"), String(pid));
  }
}

/** Mounts the checkout's state where the daemons look for it, apart from the mounts of the checkout itself. */
export async function mountState(layout: Layout): Promise<void> {
  await mkdir(running.state, { recursive: true });
  await mustRun("mount", ["--bind", layout.state, running.state]);
  await mustRun("mount", ["--make-private", running.state]);
  await mustRun("mount", ["--make-shared", running.state]);
}
