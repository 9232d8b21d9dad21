/** Packages of the machine's Debian, unpacked and not installed. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../support/command.ts";
import { retried } from "../support/retry.ts";

export interface DebianPackages {
  readonly names: readonly string[];
  /** Paths that are not kept. */
  readonly leftOut: readonly string[];
}

/** Unpacks packages into a folder whose files go over those of a Debian. */
export async function unpackDebianPackages(
  { names, leftOut }: DebianPackages,
  folder: string,
  report: (message: string) => void,
): Promise<void> {
  const packages = join(folder, "packages");
  await mkdir(packages);
  await retried(report, async () => download(names, packages));
  for (const file of await readdir(packages))
    await mustRun("dpkg-deb", ["--extract", join(packages, file), folder]);
  // What Debian has under /lib is under /usr/lib: the folder must not take the place of that link.
  await mustRun("cp", ["-al", join(folder, "lib"), join(folder, "usr")]);
  for (const path of ["packages", "lib", ...leftOut])
    await rm(join(folder, path), { recursive: true, force: true });
}

async function download(names: readonly string[], directory: string): Promise<void> {
  const fetch = async (): Promise<string> =>
    mustRun("apt-get", ["-qq", "download", ...names], { cwd: directory });
  // A new machine has no list of what there is, and an old list names what is there no more.
  await fetch().catch(async () => {
    await mustRun("apt-get", ["-qq", "update"]);
    await fetch();
  });
}
