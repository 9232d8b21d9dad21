/** Our store of the cache's pages in Trino's Iceberg plugin: `images/trino/checked-pages`, compiled against the plugin's own libraries (ADR 1404). */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkoutFolder } from "../support/checkout.ts";
import { mustRun } from "../support/command.ts";
import { hashOfPath } from "../support/cache.ts";
import { javaHome } from "./artifacts.ts";

const sources = join(checkoutFolder, "images", "trino", "checked-pages");
const source = join(sources, "alluxio/client/file/cache/store/LocalPageStore.java");
/** Trino takes a class from the first jar by name: before `org.alluxio_alluxio-core-client-fs-….jar`. */
const jarName = "io.openclickstream_checked-pages.jar";

/** Changes with the sources. */
export async function checkedPagesKey(): Promise<string> {
  return hashOfPath(sources);
}

/** Puts the jar into the plugin's folder. */
export async function addCheckedPages(plugin: string): Promise<void> {
  const bin = join(await javaHome({ minimum: 17, maximum: 99 }), "bin");
  const classes = await mkdtemp(join(tmpdir(), "openclickstream-checked-pages-"));
  try {
    const options = ["--release", "17", "-d", classes, "-cp", `${plugin}/*`];
    await mustRun(join(bin, "javac"), [...options, source]);
    const archive = ["--create", "--file", join(plugin, jarName), "--date", "2025-01-01T00:00:00Z"];
    await mustRun(join(bin, "jar"), [...archive, "-C", classes, "."]);
  } finally {
    await rm(classes, { recursive: true, force: true });
  }
}
