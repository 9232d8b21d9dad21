/** Builds the cluster's programs from Go modules, and the two images that every cluster needs, into the user's cache. */
import { mkdir, readFile, symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { cached, hashOf } from "../support/cache.ts";
import { goBuild } from "../support/go-build.ts";
import { writeImageArchive } from "./image-archive.ts";
import type { ReportProgress } from "../support/progress.ts";

/** What a cluster is started from. */
export interface ClusterPrograms {
  /** Folder with etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubectl, local-volumes. */
  readonly programs: string;
  readonly pauseImage: ProgramArchive;
  readonly coreDnsImage: ProgramArchive;
}

/** The archive of an image with one program in it. */
export interface ProgramArchive {
  readonly name: string;
  readonly archive: string;
}

const kubernetesVersion = "v1.34.4";

const names = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-proxy",
  "kube-scheduler",
  "kubectl",
  "kubelet",
  "local-volumes",
];

interface GoProgram {
  readonly title: string;
  /** Folder of the Go module, beside this file. */
  readonly module: string;
  /** Package in the module. */
  readonly package: string;
  readonly sources: readonly string[];
  readonly linkerFlags: string;
}

const kubernetes: GoProgram = {
  title: `Kubernetes ${kubernetesVersion} and etcd`,
  module: "kubernetes",
  package: ".",
  sources: ["go.mod", "go.sum", "main.go", "volumes/volumes.go"],
  linkerFlags: versionFlags(kubernetesVersion),
};
const pause: GoProgram = {
  title: "the pause program",
  module: "kubernetes",
  package: "./pause",
  sources: ["pause/main.go"],
  linkerFlags: "",
};
const coreDns: GoProgram = {
  title: "CoreDNS",
  module: "coredns",
  package: ".",
  sources: ["go.mod", "go.sum", "main.go"],
  linkerFlags: "",
};

/** Builds what the cache lacks: about five minutes the first time, nothing the second. */
export async function buildPrograms(report: ReportProgress): Promise<ClusterPrograms> {
  const key = `${kubernetesVersion}-${await sourceHash(kubernetes)}`;
  const programs = await cached({ thing: "kubernetes", key }, async (folder) => {
    await goBuild(
      { ...kubernetes, module: moduleFolder(kubernetes), output: join(folder, "kubernetes") },
      report,
    );
    for (const name of names) await symlink("kubernetes", join(folder, name));
  });
  return {
    programs,
    pauseImage: await buildImage("pause", pause, report),
    coreDnsImage: await buildImage("coredns", coreDns, report),
  };
}

/** A user without a name and without rights. */
const unprivilegedUser = "65532";

/** An image with nothing in it but one static program; its tag identifies its content. */
async function buildImage(name: string, program: GoProgram, report: ReportProgress): Promise<ProgramArchive> {
  const key = await sourceHash(program);
  const image = `localhost/openclickstream/${name}:${key}`;
  const folder = await cached({ thing: `local-${name}-image`, key }, async (directory) => {
    const content = join(directory, "content");
    await mkdir(content);
    await goBuild({ ...program, module: moduleFolder(program), output: join(content, name) }, report);
    await writeImageArchive(
      { name: image, content, entrypoint: [`/${name}`], user: unprivilegedUser },
      join(directory, `${name}.tar`),
    );
  });
  return { name: image, archive: join(folder, `${name}.tar`) };
}

async function sourceHash(program: GoProgram): Promise<string> {
  const parts: Record<string, string> = { flags: program.linkerFlags, architecture: process.arch };
  for (const source of program.sources) {
    parts[source] = await readFile(join(moduleFolder(program), source), "utf8");
  }
  return hashOf(parts);
}

function moduleFolder(program: GoProgram): string {
  return fileURLToPath(new URL(program.module, import.meta.url));
}

/** The flags that give the programs the version that they report; the API server refuses nothing without, but clients do. */
function versionFlags(version: string): string {
  const [major, minor] = version.slice(1).split(".");
  const settings = {
    "k8s.io/component-base/version.gitVersion": version,
    "k8s.io/component-base/version.gitMajor": major,
    "k8s.io/component-base/version.gitMinor": minor,
    "k8s.io/component-base/version.gitTreeState": "clean",
    "k8s.io/client-go/pkg/version.gitVersion": version,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-X ${name}=${value ?? ""}`)
    .join(" ");
}
