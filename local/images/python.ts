/** Python and what Python programs are made of: Debian's interpreter, and the packages of a pinned list. */
import { join } from "node:path";
import type { Artifact, ReportArtifact } from "./artifacts.ts";
import { mustRun } from "../support/command.ts";
import { cached, hashOf, hashOfPath } from "../support/cache.ts";
import { unpackDebianPackages } from "./debian-packages.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { retried } from "../support/retry.ts";

/** Version of Debian's Python, whatever Python the machine itself has. */
const pythonVersion = "3.11";
/** It installs a list of packages for another Python than the machine's, and many times faster than pip. */
const uvVersion = "0.13.9";

/** Python, and what it needs that no base image has. */
const pythonPackages = {
  names: [
    ...["python3.11", "python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "media-types"],
    ...["libexpat1", "libsqlite3-0", "libreadline8", "libncursesw6", "libtinfo6", "libffi8", "libssl3"],
    ...["libuuid1", "libbz2-1.0", "liblzma5", "libnsl2", "libtirpc3", "libdb5.3", "zlib1g"],
    ...["libgssapi-krb5-2", "libkrb5-3", "libk5crypto3", "libkrb5support0", "libkeyutils1", "libcom-err2"],
  ],
  leftOut: ["usr/share", "etc/mime.types"],
};

/** Debian's Python, unpacked: a folder whose files go over those of a Debian. It runs from where it lies, too. */
export async function pythonRuntime(): Promise<Artifact> {
  const key = hashOf({ packages: pythonPackages.names.join(), leftOut: pythonPackages.leftOut.join() });
  return {
    key,
    provide: async (report) =>
      cached({ thing: "python", key }, async (building) => {
        report("fetching Python from Debian");
        await unpackDebianPackages(pythonPackages, building, report);
      }),
  };
}

/** The packages of `images/<name>/requirements.txt` in one folder, to be named by PYTHONPATH. */
export async function pythonPackagesOf(name: string): Promise<Artifact> {
  const list = join(checkoutFolder, "images", name, "requirements.txt");
  const platform = process.arch === "arm64" ? "aarch64-manylinux_2_28" : "x86_64-manylinux_2_28";
  const key = hashOf({ list: await hashOfPath(list), platform, python: pythonVersion });
  return {
    key,
    provide: async (report) =>
      cached({ thing: `${name}-packages`, key }, async (building) => {
        const uv = await provideUv(report);
        report(`fetching the packages of ${name} from PyPI`);
        const target = [
          "--target",
          building,
          "--python-version",
          pythonVersion,
          "--python-platform",
          platform,
        ];
        // The list is whole and has a hash of each file: nothing is resolved, and nothing is built.
        const exactly = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", list];
        await retried(report, async () => mustRun(uv, ["pip", "install", "--quiet", ...target, ...exactly]));
      }),
  };
}

async function provideUv(report: ReportArtifact): Promise<string> {
  const directory = await cached({ thing: "uv", key: uvVersion }, async (building) => {
    report("fetching uv from PyPI");
    const options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--target", building];
    const install = ["-m", "pip", "install", "--disable-pip-version-check", ...options, `uv==${uvVersion}`];
    await retried(report, async () => mustRun("python3", install));
  });
  return join(directory, "bin", "uv");
}
