/** Builds the container images: `node local/images/main.ts build [name...]`. */
import { buildImages } from "./build.ts";
import { imageNames } from "./recipes.ts";

async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  const push = rest.includes("--push");
  const names = rest.filter((word) => word !== "--push");
  const unknown = names.find((word) => word.startsWith("-"));
  if (command !== "build" || unknown !== undefined) {
    throw new Error(
      `usage: node local/images/main.ts build [--push] [name...]\nImages: ${imageNames.join(", ")}`,
    );
  }
  const began = performance.now();
  const elapsed = (): string => `${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s`;
  const onProgress = (message: string): void => {
    console.log(`${elapsed()}  ${message}`);
  };
  const images = await buildImages({ push, onProgress, ...(names.length === 0 ? {} : { names }) });
  for (const image of images) console.log(`${elapsed()}  ${image.reference}  ${image.archive}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
