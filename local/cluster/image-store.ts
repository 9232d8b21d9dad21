/** The node's images: imports archives into containerd, once each, and removes those that nothing uses. */
import { mustRun } from "../support/command.ts";
import { readImageArchive, type ArchivedImage } from "./image-archive.ts";
import { running } from "./layout.ts";
import type { ReportProgress } from "../support/progress.ts";

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

/**
 * The references to remove so that no image stays whose name is not in the text of any object. An image that goes takes
 * with it the reference that the CRI plugin makes of its configuration's digest, or its layers would stay.
 */
export function planImageRemoval(present: ReadonlyMap<string, string>, objects: string): string[] {
  const named = [...present].filter(([name]) => name.includes("/"));
  const isUsed = ([name]: readonly [string, string]): boolean => objects.includes(`"${name}"`);
  const keptDigests = new Set(named.filter(isUsed).map(([, digest]) => digest));
  const goneDigests = new Set(named.filter((image) => !isUsed(image)).map(([, digest]) => digest));
  return [...present]
    .filter(([name, digest]) =>
      name.includes("/") ? !isUsed([name, digest]) : goneDigests.has(digest) && !keptDigests.has(digest),
    )
    .map(([name]) => name);
}

/** Removes the images that no object names: every build of an image has a name of its own, and all would stay. */
export async function removeUnusedImages(objects: string): Promise<void> {
  const unused = planImageRemoval(parseImageList(await mustRun("ctr", [...ctr, "images", "list"])), objects);
  if (unused.length > 0) await mustRun("ctr", [...ctr, "images", "remove", ...unused]);
}
