/**
 * A Docker engine of our own, started for a test and stopped after it. It disturbs no other engine and no containerd: its
 * sockets, its containerd and its state lie below a folder of its own, and it makes no network and no rules. What it has
 * built stays in the cache, so that the next run builds only what changed.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mountsWithin } from "../../local/cluster/cleanup.ts";
import { controlGroupHierarchies } from "../../local/cluster/kernel.ts";
import { installPackages, type NeededProgram } from "../../local/cluster/prerequisites.ts";
import { identify, parseProcessStat, stopProcesses } from "../../local/cluster/process.ts";
import { cacheFolder } from "../../local/support/cache.ts";
import { mustRun, runCommand } from "../../local/support/command.ts";
import { takeLock, type Lock } from "../../local/support/lock.ts";
import { startProgram } from "../support/process.ts";

/** Everything of a running engine but its images lies here. */
const runFolder = "/run/open-clickstream-docker";
const controlGroup = "open-clickstream-docker";

const needed: readonly NeededProgram[] = [
  { program: "dockerd", package: "docker.io" },
  { program: "docker", package: "docker.io" },
  { program: "debootstrap", package: "debootstrap" },
];

/** A Docker engine that runs. */
export interface DockerEngine {
  /** What a program needs in its environment so that `docker` reaches this engine and no other. */
  readonly environment: Readonly<Record<string, string>>;
  /** Removes the containers, ends the engine and takes away all that it left on the machine but its images. */
  stop(): Promise<void>;
}

/** Why this machine cannot have an engine at all; undefined when it should. */
export function reasonForNoEngine(): string | undefined {
  if (process.platform !== "linux") return "a Docker engine of our own needs Linux";
  if (process.getuid?.() !== 0) return "a Docker engine of our own needs root";
  if (controlGroupHierarchies().length === 0) return "there are no control groups at /sys/fs/cgroup";
  if (!/\boverlay\b/.test(readFileSync("/proc/filesystems", "utf8"))) return "the kernel has no overlayfs";
  return undefined;
}

/** Two engines would share the folder, and the second would take the first for one that a killed run left. */
const engineLock: Lock = {
  file: `${runFolder}.lock`,
  purpose: "tests with a Docker engine",
  waitSeconds: 30 * 60,
};

/** Installs what is missing, takes away what a killed run left, and starts the engine. Throws with the end of its log. */
export async function startDockerEngine(report: (message: string) => void): Promise<DockerEngine> {
  await installPackages(report, needed);
  const release = await takeLock(engineLock, report);
  try {
    const engine = await start();
    return { ...engine, stop: () => engine.stop().finally(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

async function start(): Promise<DockerEngine> {
  await removeLeftovers();
  await mkdir(runFolder, { recursive: true, mode: 0o700 });
  const configuration = join(runFolder, "daemon.json");
  await writeFile(configuration, "{}"); // what this machine's own engine is configured with is not for this one
  const socket = `unix://${join(runFolder, "docker.sock")}`;
  // The engine of Debian has the classic builder only.
  const environment = { DOCKER_HOST: socket, DOCKER_BUILDKIT: "0" };
  const { stop } = await startProgram({
    name: "dockerd",
    command: [
      "dockerd",
      `--config-file=${configuration}`,
      `--host=${socket}`,
      `--data-root=${join(cacheFolder(), "docker")}`,
      `--exec-root=${join(runFolder, "exec")}`,
      `--pidfile=${join(runFolder, "docker.pid")}`,
      `--cgroup-parent=/${controlGroup}`,
      "--storage-driver=overlay2",
      // No network of its own: containers run in that of the machine, and builds need none.
      ...["--bridge=none", "--iptables=false", "--ip-forward=false"],
    ],
    logFile: join(runFolder, "dockerd.log"),
    deadlineSeconds: 120,
    isReady: async () => (await runCommand("docker", ["info"], { env: environment })).exitCode === 0,
  });
  const removeContainers = async (): Promise<void> => {
    const listing = await mustRun("docker", ["ps", "--all", "--quiet"], { env: environment });
    const containers = listing.split("\n").filter((line) => line !== "");
    if (containers.length > 0)
      await mustRun("docker", ["rm", "--force", ...containers], { env: environment });
  };
  await removeContainers(); // those that a killed run left
  return {
    environment,
    stop: async () => {
      await removeContainers();
      await stop();
      await removeLeftovers();
    },
  };
}

/** What of an engine is still on the machine, one line each; empty after a stop. */
export function listLeftovers(): string[] {
  return [
    ...engineProcesses().map((pid) => `process ${pid}`),
    ...engineMounts().map((mount) => `mount ${mount}`),
    ...controlGroupPaths().filter(existsSync),
    ...[runFolder].filter(existsSync),
  ];
}

async function removeLeftovers(): Promise<void> {
  const living = engineProcesses().map(identify);
  await stopProcesses(
    living.filter((identity) => identity !== undefined),
    10,
  );
  for (const mount of engineMounts()) await mustRun("umount", ["--lazy", mount]);
  for (const path of controlGroupPaths().filter(existsSync)) {
    await mustRun("find", [path, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]);
  }
  // One file system only: a mount that is still there must not be emptied.
  await mustRun("rm", ["-r", "--one-file-system", "--force", runFolder]);
}

function engineMounts(): string[] {
  const mountInfo = readFileSync("/proc/self/mountinfo", "utf8");
  return [runFolder, join(cacheFolder(), "docker")].flatMap((folder) => mountsWithin(folder, mountInfo));
}

function controlGroupPaths(): string[] {
  return controlGroupHierarchies().map((hierarchy) => join(hierarchy, controlGroup));
}

/** The daemons, which name our folder in their command line, and the first processes of containers, their children. */
function engineProcesses(): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap(readProcess);
  const daemons = all.filter(({ isDaemon }) => isDaemon).map(({ pid }) => pid);
  return all
    .filter(({ pid, parent }) => daemons.includes(pid) || daemons.includes(parent))
    .map(({ pid }) => pid);
}

function readProcess(pid: number): { pid: number; parent: number; isDaemon: boolean }[] {
  try {
    const [program = "", ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const { parent, state } = parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    const isDaemon = /\b(dockerd|containerd|containerd-shim-runc-v2)$/.test(program);
    const isOurs = args.some((argument) => argument.includes(`${runFolder}/`));
    return state === "Z" ? [] : [{ pid, parent, isDaemon: isDaemon && isOurs }];
  } catch {
    return []; // it ended in between
  }
}
