/** Seconds that `make demo` takes from a fresh clone of what is committed: with every cache empty, and with all filled. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../local/support/command.ts";
import { checkoutFolder } from "../local/support/checkout.ts";
import { seconds, type Figure } from "./figures.ts";

const folder = join(checkoutFolder, ".local", "bench");

/** The variables that move every cache of ours and of the registries' clients into one folder; Debian's packages stay installed. */
function cachesIn(directory: string): Readonly<Record<string, string>> {
  return {
    OPEN_CLICKSTREAM_CACHE: join(directory, "open-clickstream"),
    GOMODCACHE: join(directory, "go-modules"),
    GOCACHE: join(directory, "go-build"),
    GOFLAGS: "-modcacherw", // so that the folder can be removed
    MAVEN_OPTS: `-Dmaven.repo.local=${join(directory, "maven")}`,
    npm_config_cache: join(directory, "npm"),
  };
}

/** Clones the checkout, runs the demo in it with the access log or generated events of INPUT, and removes the clone. */
async function timeDemo(env: Readonly<Record<string, string>>): Promise<number> {
  const clone = join(folder, "clone");
  await rm(clone, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await mustRun("git", ["clone", "--quiet", checkoutFolder, clone]);
  const began = performance.now();
  try {
    await mustRun("make", ["demo"], { cwd: clone, env });
    return performance.now() - began;
  } finally {
    await mustRun("make", ["clean"], { cwd: clone, env });
    await rm(clone, { recursive: true, force: true });
  }
}

export async function measureWarmDemo(): Promise<Figure> {
  return {
    name: "make demo, fresh clone, filled caches",
    value: seconds(await timeDemo({})),
    aim: "120 s",
  };
}

export async function measureColdDemo(): Promise<Figure> {
  const caches = join(folder, "caches");
  await rm(caches, { recursive: true, force: true });
  try {
    return {
      name: "make demo, fresh clone, empty caches",
      value: seconds(await timeDemo(cachesIn(caches))),
      aim: "1200 s",
    };
  } finally {
    await rm(caches, { recursive: true, force: true });
  }
}
