/** The two programs that build images from a prepared context: Debian's buildah, which needs no daemon, and Docker. */
import { join } from "node:path";
import { mustRun, runCommand } from "../support/command.ts";
import { cacheFolder } from "../support/cache.ts";

export interface BuildRequest {
  /** Folder with the Dockerfile and everything that it copies. */
  readonly context: string;
  /** Full reference to give the image. */
  readonly reference: string;
  /** Reference of the local base image, for the Dockerfile's argument BASE. */
  readonly base?: string;
  readonly onLine?: (line: string) => void;
}

/** Builds and stores images. */
export interface ImageBuilder {
  readonly name: "buildah" | "docker";
  /** Whether the images start from our own bases instead of the public ones that the Dockerfiles name. */
  readonly usesLocalBases: boolean;
  /** Throws an error that says what to install when it cannot be used. */
  require(): Promise<void>;
  has(reference: string): Promise<boolean>;
  build(request: BuildRequest): Promise<void>;
  /** Writes the image as an archive that containerd imports under the same reference. */
  archive(reference: string, file: string): Promise<void>;
  /** Puts the image of an archive back into the builder's own storage. */
  restore(reference: string, file: string): Promise<void>;
  /** Pushes to the registry that the reference names. */
  push(reference: string): Promise<void>;
  /** Forgets all images of a repository except the one given. */
  forgetOthers(reference: string): Promise<void>;
}

/**
 * The builder that BUILDER names; buildah without it. It starts from our own bases. Docker does so with BASES=local, where no
 * registry of images is in reach.
 */
export function chooseBuilder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ImageBuilder {
  const name = environment["BUILDER"] ?? "";
  const bases = environment["BASES"] ?? "";
  if (!["", "local", "public"].includes(bases))
    throw new Error(`BASES must be "local" or "public", not "${bases}"`);
  if (name === "docker") return { ...docker, usesLocalBases: bases === "local" };
  if (name !== "" && name !== "buildah")
    throw new Error(`BUILDER must be "buildah" or "docker", not "${name}"`);
  if (bases === "public")
    throw new Error("BASES=public needs BUILDER=docker: buildah starts from local bases");
  return buildah;
}

async function requireProgram(program: string, remedy: string): Promise<void> {
  try {
    await runCommand(program, ["--version"]);
  } catch (cause) {
    throw new Error(`building images needs "${program}", which is not installed: ${remedy}`, { cause });
  }
}

/** The repository of a reference: what is left of its tag. */
export function repositoryOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(":"));
}

const buildah: ImageBuilder = {
  name: "buildah",
  usesLocalBases: true,
  async require() {
    for (const program of ["buildah", "debootstrap"]) {
      await requireProgram(
        program,
        "install it (apt-get install --no-install-recommends buildah debootstrap) or set BUILDER=docker",
      );
    }
  },
  async has(reference) {
    return (
      (await runCommand("buildah", [...storage(), "inspect", "--type", "image", reference])).exitCode === 0
    );
  },
  async build({ context, reference, base, onLine }) {
    // Equal content gives an equal image: the time of the build is no part of it. Trino's training run opens many files.
    const isolation = ["--isolation", "chroot", "--ulimit", "nofile=8192:8192"];
    const options = [...isolation, "--layers", "--pull-never", "--timestamp", "0", "--tag", reference];
    const args = base === undefined ? [] : ["--build-arg", `BASE=${base}`];
    await mustRun(
      "buildah",
      [...storage(), "build", ...options, ...args, context],
      onLine === undefined ? {} : { onLine },
    );
  },
  async archive(reference, file) {
    // zstd: containerd unpacks it several times faster than gzip.
    const compression = ["--compression-format", "zstd", "--compression-level", "1"];
    await mustRun("buildah", [
      ...storage(),
      "push",
      ...compression,
      reference,
      `oci-archive:${file}:${reference}`,
    ]);
  },
  async restore(reference, file) {
    await mustRun("buildah", [...storage(), "pull", `oci-archive:${file}`]);
    if (!(await buildah.has(reference))) throw new Error(`"${file}" does not hold "${reference}"`);
  },
  async push(reference) {
    await mustRun("buildah", [...storage(), "push", reference]);
  },
  async forgetOthers(reference) {
    const repository = repositoryOf(reference);
    const listing = await mustRun("buildah", [...storage(), "images", "--format", "{{.Name}}:{{.Tag}}"]);
    const others = listing
      .split("\n")
      .filter((name) => repositoryOf(name) === repository && name !== reference);
    if (others.length > 0) await runCommand("buildah", [...storage(), "rmi", ...others]);
    await runCommand("buildah", [...storage(), "rmi", "--prune"]);
  },
};

function storage(): string[] {
  const folder = join(cacheFolder(), "buildah");
  return ["--root", join(folder, "storage"), "--runroot", join(folder, "run"), "--storage-driver", "overlay"];
}

const docker: ImageBuilder = {
  name: "docker",
  usesLocalBases: false,
  async require() {
    await requireProgram("docker", "install it, or leave BUILDER empty to build with buildah");
    await mustRun("docker", ["info", "--format", "{{.ServerVersion}}"]);
  },
  async has(reference) {
    return (await runCommand("docker", ["image", "inspect", reference])).exitCode === 0;
  },
  async build({ context, reference, base, onLine }) {
    // Everything is in the context: that no step needs a network is a promise of every Dockerfile here.
    const options = ["--network", "none", "--tag", reference];
    const args = base === undefined ? [] : ["--build-arg", `BASE=${base}`];
    await mustRun("docker", ["build", ...options, ...args, context], onLine === undefined ? {} : { onLine });
  },
  async archive(reference, file) {
    await mustRun("docker", ["save", "--output", file, reference]);
  },
  async restore(reference, file) {
    await mustRun("docker", ["load", "--input", file]);
    if (!(await docker.has(reference))) throw new Error(`"${file}" does not hold "${reference}"`);
  },
  async push(reference) {
    await mustRun("docker", ["push", reference]);
  },
  async forgetOthers(reference) {
    const listed = reference.replace(/^docker\.io\//, ""); // Docker lists names without its own registry
    const format = ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repositoryOf(listed)];
    const others = (await mustRun("docker", format))
      .split("\n")
      .filter((name) => name !== "" && name !== listed);
    if (others.length > 0) await runCommand("docker", ["image", "rm", ...others]);
  },
};
