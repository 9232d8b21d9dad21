/**
 * Builds the container images. The tag of an image is a hash of everything that
 * goes into it, so what has not changed is not built again, and a reference says which content a cluster runs.
 */
import { cp, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mustRun, runCommand } from "../support/command.ts";
import type { Artifact } from "./artifacts.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { chooseBuilder, type ImageBuilder } from "./builders.ts";
import {
  cached,
  cachedPath,
  cacheFolder,
  hashOf,
  hashOfPath,
  markUsed,
  type CacheEntry,
} from "../support/cache.ts";
import { withLock, type Lock } from "../support/lock.ts";
import { imageNames, isBase, recipeOf, type ImageRecipe } from "./recipes.ts";

/** An image that can be loaded into a cluster. */
export interface BuiltImage {
  /** Short name, for example `collector`. */
  readonly name: string;
  /** Full reference with the content hash as tag. */
  readonly reference: string;
  /** Path of the archive that holds it under that reference. */
  readonly archive: string;
}

export interface BuildOptions {
  /** Which images; all without it. */
  readonly names?: readonly string[];
  /** What comes before the image's name; IMAGE_PREFIX or `docker.io/openclickstream` without it. */
  readonly prefix?: string;
  /** Push to the registry of the prefix, for clusters elsewhere. */
  readonly push?: boolean;
  /** Told what is happening; nothing when nothing has to be done. */
  readonly onProgress?: (message: string) => void;
}

const defaultPrefix = "docker.io/openclickstream";
const basePrefix = "localhost/openclickstream";
const archiveName = "image.tar";
/** Another format means another archive of the same image. */
const archiveFormat = "oci, zstd";

/** Builds share the cache, the builder's storage and the folder of contexts. The wait is longer than any build. */
function buildLock(): Lock {
  return { file: join(cacheFolder(), "images.lock"), purpose: "builds images", waitSeconds: 45 * 60 };
}

/** Builds the images that are not in the cache yet and returns all that were asked for, in the same order. */
export async function buildImages(options: BuildOptions = {}): Promise<BuiltImage[]> {
  const build = new ImageBuild(options);
  return build.all(options.names ?? imageNames);
}

/** Builds images into the builder's own storage, without an archive; returns their references by name. */
export async function storeImages(
  names: readonly string[],
  onProgress: (message: string) => void,
): Promise<ReadonlyMap<string, string>> {
  return new ImageBuild({ onProgress }).store(names);
}

/** Fetches and builds what the images named are made of, without building them: the integration tests run from it. */
export async function provideArtifacts(
  names: readonly string[],
  report: (message: string) => void,
): Promise<void> {
  for (const name of names) {
    for (const artifact of Object.values(recipeOf(name).artifacts)) await (await artifact()).provide(report);
  }
}

/** The reference of an image: prefix, name, and hash as tag. */
export function imageReference(prefix: string, name: string, hash: string): string {
  return `${isBase(name) ? basePrefix : prefix.replace(/\/+$/, "")}/${name}:${hash}`;
}

/** One run of the build: remembers what it has already checked. */
class ImageBuild {
  readonly #builder: ImageBuilder = chooseBuilder();
  readonly #prefix: string;
  readonly #push: boolean;
  readonly #report: (message: string) => void;
  readonly #hashes = new Map<string, Promise<string>>();
  readonly #provided = new Map<string, Promise<string>>();

  constructor(options: BuildOptions) {
    const prefix = options.prefix ?? process.env["IMAGE_PREFIX"] ?? "";
    this.#prefix = prefix === "" ? defaultPrefix : prefix;
    this.#push = options.push ?? false;
    this.#report = options.onProgress ?? ((): undefined => undefined);
  }

  async all(names: readonly string[]): Promise<BuiltImage[]> {
    const images = await Promise.all(names.map(async (name) => this.#planned(name)));
    const missing: BuiltImage[] = [];
    for (const image of images) {
      if (!(await markUsed(this.#entry(image.name, image.reference)))) missing.push(image);
    }
    if (missing.length > 0) await withLock(buildLock(), this.#report, async () => this.#buildAll(missing));
    if (this.#push) for (const image of images) await this.#pushImage(image);
    return images;
  }

  async store(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const images = await Promise.all(names.map(async (name) => this.#planned(name)));
    await withLock(buildLock(), this.#report, async () => {
      await this.#builder.require();
      for (const { name, reference } of images) {
        if (!(await this.#builder.has(reference))) await this.#build(recipeOf(name), reference);
      }
    });
    return new Map(images.map(({ name, reference }) => [name, reference]));
  }

  /** Where the image will be, whether it is there or not. */
  async #planned(name: string): Promise<BuiltImage> {
    const reference = await this.#reference(recipeOf(name));
    return { name, reference, archive: join(cachedPath(this.#entry(name, reference)), archiveName) };
  }

  #entry(name: string, reference: string): CacheEntry {
    return { thing: `image-${name}`, key: hashOf({ reference, builder: this.#builder.name, archiveFormat }) };
  }

  async #buildAll(images: readonly BuiltImage[]): Promise<void> {
    await this.#builder.require();
    const fetching = this.#fetchAhead(images.map((image) => recipeOf(image.name)));
    for (const image of images) {
      const entry = this.#entry(image.name, image.reference);
      await cached(entry, async (directory) => this.#buildArchive(image, join(directory, archiveName)));
    }
    await fetching;
  }

  /** Fetching waits for the network and building for the processor: what later images need is fetched meanwhile. */
  async #fetchAhead(recipes: readonly ImageRecipe[]): Promise<void> {
    try {
      for (const recipe of recipes) {
        for (const artifact of Object.values(recipe.artifacts)) await this.#provide(await artifact());
      }
    } catch {
      return; // the build of the image that needs it meets the same failure, and reports it
    }
  }

  async #provide(artifact: Artifact): Promise<string> {
    const known = this.#provided.get(artifact.key);
    if (known !== undefined) return known;
    const providing = artifact.provide(this.#report);
    this.#provided.set(artifact.key, providing);
    return providing;
  }

  async #buildArchive(image: BuiltImage, archive: string): Promise<void> {
    const began = performance.now();
    await this.#build(recipeOf(image.name), image.reference);
    await this.#builder.archive(image.reference, archive);
    const size = ((await stat(archive)).size / 1e6).toFixed(0);
    this.#report(`${image.name}: built in ${((performance.now() - began) / 1000).toFixed(1)} s, ${size} MB`);
  }

  async #reference(recipe: ImageRecipe): Promise<string> {
    return imageReference(this.#prefix, recipe.name, await this.#hash(recipe));
  }

  #hash(recipe: ImageRecipe): Promise<string> {
    const known = this.#hashes.get(recipe.name);
    if (known !== undefined) return known;
    const hash = this.#computeHash(recipe);
    this.#hashes.set(recipe.name, hash);
    return hash;
  }

  async #computeHash(recipe: ImageRecipe): Promise<string> {
    const parts: Record<string, string> = { files: await hashOfPath(dockerfileOf(recipe)) };
    if (recipe.folder !== undefined) parts["files"] = await hashOfPath(join(checkoutFolder, recipe.folder));
    if (this.#builder.usesLocalBases && recipe.base !== undefined)
      parts["base"] = await this.#hash(recipeOf(recipe.base));
    for (const [target, artifact] of Object.entries(recipe.artifacts))
      parts[`artifact ${target}`] = (await artifact()).key;
    return hashOf(parts);
  }

  async #build(recipe: ImageRecipe, reference: string): Promise<void> {
    const base = await this.#provideBase(recipe);
    const context = await this.#prepareContext(recipe);
    this.#report(`${recipe.name}: building`);
    await this.#builder.build({ context, reference, ...(base === undefined ? {} : { base }) });
    await this.#builder.forgetOthers(reference);
  }

  async #provideBase(recipe: ImageRecipe): Promise<string | undefined> {
    if (!this.#builder.usesLocalBases || recipe.base === undefined) return undefined;
    const base = recipeOf(recipe.base);
    const reference = await this.#reference(base);
    if (!(await this.#builder.has(reference))) await this.#build(base, reference);
    return reference;
  }

  /** Makes `.local/build/<name>`, which Docker could build as well: `docker build .local/build/<name>`. */
  async #prepareContext(recipe: ImageRecipe): Promise<string> {
    const context = join(checkoutFolder, ".local", "build", recipe.name);
    await rm(context, { recursive: true, force: true });
    await mkdir(context, { recursive: true });
    if (recipe.folder === undefined) await cp(dockerfileOf(recipe), join(context, "Dockerfile"));
    else await cp(join(checkoutFolder, recipe.folder), context, { recursive: true, verbatimSymlinks: true });
    for (const [target, artifact] of Object.entries(recipe.artifacts)) {
      await this.#place(await artifact(), join(context, target));
    }
    return context;
  }

  async #place(artifact: Artifact, target: string): Promise<void> {
    const source = await this.#provide(artifact);
    await mkdir(dirname(target), { recursive: true });
    // Hard links cost nothing; across file systems only a copy is possible.
    const linked = await runCommand("cp", ["-al", source, target]);
    if (linked.exitCode === 0) return;
    await rm(target, { recursive: true, force: true });
    await mustRun("cp", ["-a", source, target]);
  }

  async #pushImage({ reference, archive }: BuiltImage): Promise<void> {
    if (!(await this.#builder.has(reference))) await this.#builder.restore(reference, archive);
    this.#report(`pushing ${reference}`);
    await this.#builder.push(reference);
  }
}

function dockerfileOf(recipe: ImageRecipe): string {
  return join(checkoutFolder, recipe.folder ?? "", "Dockerfile");
}
