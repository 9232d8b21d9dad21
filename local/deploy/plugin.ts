/** Builds `kubectl clickstream` to where the cluster's commands find it: `node local/deploy/plugin.ts`. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "../support/checkout.ts";
import { goBuild } from "../support/go-build.ts";

/** Builds `.local/bin/kubectl-clickstream`; Go's own cache makes the second build instant. */
export async function buildPlugin(report: (message: string) => void): Promise<void> {
  const folder = join(checkoutFolder, ".local", "bin");
  await mkdir(folder, { recursive: true });
  await goBuild(
    {
      title: "kubectl clickstream",
      module: join(checkoutFolder, "go"),
      package: "./cmd/kubectl-clickstream",
      output: join(folder, "kubectl-clickstream"),
    },
    report,
  );
}

if (import.meta.main) {
  try {
    await buildPlugin(console.log);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
