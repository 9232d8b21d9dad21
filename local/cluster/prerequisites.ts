/** What the machine must have for the local cluster and the images, and the Debian packages that bring it. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findForeignKubelets } from "./cleanup.ts";
import { mustRun, runCommand } from "../support/command.ts";
import { controlGroupHierarchies } from "./kernel.ts";
import { retried } from "../support/retry.ts";
import type { ReportProgress } from "../support/progress.ts";

/** A program, by name or path, and the Debian package that has it. */
export interface NeededProgram {
  readonly program: string;
  readonly package: string;
}

const neededPrograms: readonly NeededProgram[] = [
  { program: "containerd", package: "containerd" },
  { program: "ctr", package: "containerd" },
  { program: "runc", package: "runc" },
  { program: "/usr/lib/cni/bridge", package: "containernetworking-plugins" },
  { program: "iptables", package: "iptables" },
  { program: "ip", package: "iproute2" },
  { program: "mount", package: "mount" },
  { program: "flock", package: "util-linux" },
  { program: "nice", package: "coreutils" },
  { program: "tar", package: "tar" },
  { program: "openssl", package: "openssl" },
  { program: "modprobe", package: "kmod" },
  { program: "buildah", package: "buildah" },
  { program: "debootstrap", package: "debootstrap" },
];

/** What only tests need, beside that. */
const testPrograms: readonly NeededProgram[] = [
  { program: "chromium", package: "chromium" },
  { program: "/usr/sbin/krb5kdc", package: "krb5-kdc" },
  { program: "/usr/sbin/kadmin.local", package: "krb5-admin-server" },
  { program: "/usr/bin/python3", package: "python3" },
  { program: "/usr/lib/python3.11/ensurepip", package: "python3-venv" },
];

/** All programs that Debian packages bring, for the cluster, the images and the tests. */
export const allPrograms: readonly NeededProgram[] = [...neededPrograms, ...testPrograms];

/** One thing that is missing and the command or deed that helps. */
export interface Missing {
  readonly what: string;
  readonly remedy: string;
}

const systemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

function isInstalled(program: string): boolean {
  if (program.startsWith("/")) return existsSync(program);
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), ...systemFolders];
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** The Debian packages that this machine lacks of those that bring the programs. */
function missingPackages(programs: readonly NeededProgram[]): string[] {
  const names = programs.filter((needed) => !isInstalled(needed.program)).map((needed) => needed.package);
  return [...new Set(names)];
}

/** Everything that would stop the cluster from starting; empty when it can. */
async function missingPrerequisites(): Promise<Missing[]> {
  const packages = missingPackages(neededPrograms).map((name) => ({
    what: name,
    remedy: `apt-get install --no-install-recommends ${name}`,
  }));
  const fileSystems = (await runCommand("cat", ["/proc/filesystems"])).stdout;
  const isRoot = process.getuid?.() === 0;
  return [
    ...packages,
    ...(isInstalled("go") ? [] : [{ what: "Go 1.26 or newer", remedy: "install it from go.dev" }]),
    ...(isRoot ? [] : [{ what: "root", remedy: "run the command as root, or use CLUSTER=existing" }]),
    ...(/\boverlay\b/.test(fileSystems) ||
    (isRoot && (await runCommand("modprobe", ["overlay"])).exitCode === 0)
      ? []
      : [{ what: "overlayfs in the kernel", remedy: "modprobe overlay" }]),
    ...(controlGroupHierarchies().length > 0
      ? []
      : [{ what: "control groups at /sys/fs/cgroup", remedy: "mount -t cgroup2 cgroup2 /sys/fs/cgroup" }]),
    ...findForeignKubelets().map((pid) => ({
      what: "a machine without another Kubernetes",
      remedy: `stop the one whose kubelet is process ${pid}, or use CLUSTER=existing`,
    })),
    ...(existsSync("/dev/kmsg") ? [] : [{ what: "/dev/kmsg", remedy: "mknod /dev/kmsg c 1 11" }]),
  ];
}

/** Throws one error that names everything that is missing, each with what to do about it. */
export async function checkPrerequisites(): Promise<void> {
  const missing = await missingPrerequisites();
  if (missing.length === 0) return;
  const lines = missing.map((item) => `  - ${item.what}: ${item.remedy}`);
  throw new Error(
    `this machine lacks\n${lines.join("\n")}\n\`node local/cluster/main.ts install\` installs the Debian packages`,
  );
}

/** Installs the Debian packages that are missing; nothing happens when none is. None of their services is started. */
export async function installPackages(
  report: ReportProgress,
  programs: readonly NeededProgram[] = neededPrograms,
): Promise<void> {
  const packages = missingPackages(programs);
  if (packages.length === 0) return;
  report(`installing ${packages.join(", ")}`);
  await aptGet(["update", "-qq"], report);
  await aptGet(["install", "--yes", "--quiet", "--no-install-recommends", ...packages], report);
}

async function aptGet(args: readonly string[], report: ReportProgress): Promise<void> {
  await retried(report, async () =>
    // Another apt may be at work, such as the daily one of Debian.
    mustRun("apt-get", ["--option", "DPkg::Lock::Timeout=300", ...args], {
      env: { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    }),
  );
}
