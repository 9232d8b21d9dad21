/** The node's images: imports archives into containerd, once each. */
import { mustRun } from "./command.ts";
import { readImageArchive, type ArchivedImage } from "./image-archive.ts";
import { running } from "./layout.ts";
import type { ReportProgress } from "./progress.ts";

export interface LoadedImage extends ArchivedImage {
  /** False when the very same image was there. */
  readonly isNew: boolean;
}

const ctr = ["--address", running.containerdSocket, "--namespace", "k8s.io"];

/** Names and digests of the images in containerd, from the text that `ctr images list` prints. */
export function parseImageList(text: string): Map<string, string> {
  const rows = text.split("\n").slice(1);
  return new Map(rows.map((row) => row.split(/\s+/)).map(([name, , digest]) => [name ?? "", digest ?? ""]));
}

/** Imports OCI archives, each with its name in it; one that containerd has already, by digest, costs nothing. */
export async function importImages(
  archives: readonly string[],
  report: ReportProgress,
): Promise<LoadedImage[]> {
  const present = parseImageList(await mustRun("ctr", [...ctr, "images", "list"]));
  const loaded: LoadedImage[] = [];
  for (const archive of archives) {
    const images = await readImageArchive(archive);
    const isNew = images.some((image) => present.get(image.name) !== image.digest);
    if (isNew) {
      report(`loading ${images.map((image) => image.name).join(", ")}`);
      await mustRun("ctr", [...ctr, "images", "import", archive]);
    }
    loaded.push(...images.map((image) => ({ ...image, isNew })));
  }
  return loaded;
}
