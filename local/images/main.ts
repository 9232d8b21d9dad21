/**
 * Builds the container images. `node local/images/main.ts build [--push] [name...]` builds them all, or those named;
 * `artifacts [name...]` only fetches and builds what they are made of, which is what the integration tests need.
 */
import { buildImages, provideArtifacts } from "./build.ts";
import { imageNames } from "./recipes.ts";

async function main([command, ...words]: readonly string[]): Promise<void> {
  const push = command === "build" && words.includes("--push");
  const names = words.filter((word) => !(push && word === "--push"));
  const isUsage =
    (command === "build" || command === "artifacts") && !names.some((word) => word.startsWith("-"));
  if (!isUsage) {
    throw new Error(
      `usage: node local/images/main.ts build [--push] [name...]\n       node local/images/main.ts artifacts [name...]\nImages: ${imageNames.join(", ")}`,
    );
  }
  const began = performance.now();
  const print = (message: string): void => {
    console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${message}`);
  };
  const chosen = names.length === 0 ? imageNames : names;
  if (command === "artifacts") {
    await provideArtifacts(chosen, print);
    return;
  }
  const images = await buildImages({ push, onProgress: print, names: chosen });
  for (const image of images) print(`${image.reference}  ${image.archive}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
