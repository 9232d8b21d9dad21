/** Image archives in the OCI layout: writes one with a single static program in it, and reads what one holds. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mustRun } from "../support/command.ts";

export interface ProgramImage {
  readonly name: string;
  /** Folder whose content is the image's root. */
  readonly content: string;
  readonly entrypoint: readonly string[];
  /** Numeric user, so that Kubernetes can tell that it is not root. */
  readonly user: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

const reproducible = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"];

/** Writes an image with one layer. Equal input gives an equal file. */
export async function writeImageArchive(image: ProgramImage, archive: string): Promise<void> {
  const layout = await mkdtemp(join(dirname(archive), "layout-"));
  try {
    await mkdir(join(layout, "blobs/sha256"), { recursive: true });
    const layerFile = join(layout, "layer.tar");
    await mustRun("tar", [
      ...reproducible,
      "--create",
      "--file",
      layerFile,
      "--directory",
      image.content,
      ".",
    ]);
    const layer = await moveBlob(layout, layerFile, "application/vnd.oci.image.layer.v1.tar");
    const config = await writeBlob(layout, "application/vnd.oci.image.config.v1+json", {
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      os: "linux",
      config: { User: image.user, Entrypoint: image.entrypoint, Env: ["PATH=/"], WorkingDir: "/" },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    });
    const manifest = await writeBlob(layout, "application/vnd.oci.image.manifest.v1+json", {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config,
      layers: [layer],
    });
    const annotations = { "org.opencontainers.image.ref.name": image.name };
    await writeJson(join(layout, "index.json"), {
      schemaVersion: 2,
      manifests: [{ ...manifest, annotations }],
    });
    await writeJson(join(layout, "oci-layout"), { imageLayoutVersion: "1.0.0" });
    await mustRun("tar", [...reproducible, "--create", "--file", archive, "--directory", layout, "."]);
  } finally {
    await rm(layout, { recursive: true, force: true });
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(value));
}

async function writeBlob(layout: string, mediaType: string, value: unknown): Promise<Descriptor> {
  const file = join(layout, "blob.json");
  await writeJson(file, value);
  return moveBlob(layout, file, mediaType);
}

async function moveBlob(layout: string, file: string, mediaType: string): Promise<Descriptor> {
  const digest = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  const { size } = await stat(file);
  await rename(file, join(layout, "blobs/sha256", digest));
  return { mediaType, digest: `sha256:${digest}`, size };
}

/** One image in an archive. */
export interface ArchivedImage {
  readonly name: string;
  readonly digest: string;
}

/** Names and digests of an archive's images from the text of its index.json. */
export function parseImageIndex(text: string): ArchivedImage[] {
  const index = JSON.parse(text) as { readonly manifests: readonly Descriptor[] };
  return index.manifests.map((manifest) => ({
    name:
      manifest.annotations?.["io.containerd.image.name"] ??
      manifest.annotations?.["org.opencontainers.image.ref.name"] ??
      "",
    digest: manifest.digest,
  }));
}

/** Reads which images an OCI archive holds. Throws when it is not an OCI archive or an image in it has no full name. */
export async function readImageArchive(archive: string): Promise<ArchivedImage[]> {
  const images = parseImageIndex(await readIndex(archive));
  const nameless = images.find((image) => !/^[^/]+\/.+:[^/]+$/.test(image.name));
  if (nameless === undefined) return images;
  throw new Error(
    `"${archive}" names an image "${nameless.name}"; a full name like docker.io/project/name:tag is needed`,
  );
}

async function readIndex(archive: string): Promise<string> {
  // Some writers put "./" before the names in the archive.
  const names = (await mustRun("tar", ["--list", "--file", archive])).split("\n");
  const index = names.find((name) => name.replace(/^\.\//, "") === "index.json");
  if (index === undefined) throw new Error(`"${archive}" is no OCI archive: it has no index.json`);
  return mustRun("tar", ["--extract", "--to-stdout", "--file", archive, index]);
}
