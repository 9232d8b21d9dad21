/**
 * `make dev`: the operator from source on this machine, restarted on change, in place of the one in the local cluster.
 * It runs in a mount namespace of its own in which the cluster's DNS answers, so that service names work as in a pod.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../support/command.ts";
import { bringUpPlatform, imageReferences } from "./platform.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { Steps } from "../support/progress.ts";

const clusterDns = "10.96.0.10";

async function main(): Promise<void> {
  const cluster = await bringUpPlatform(new Steps(), { airflow: true, hbase: true });
  await cluster.kubectl(["scale", "deployment/operator", "-n", "openclickstream-system", "--replicas=0"]);
  const directory = join(checkoutFolder, ".local", "dev");
  await mkdir(directory, { recursive: true });
  const resolver = join(directory, "resolv.conf");
  await writeFile(
    resolver,
    `nameserver ${clusterDns}\nsearch svc.cluster.local cluster.local\noptions ndots:5\n`,
  );
  const images = Object.fromEntries(
    (await imageReferences()).map(({ name, reference }) => [
      `${name.toUpperCase().replaceAll("-", "_")}_IMAGE`,
      reference,
    ]),
  );
  const script = `mount --bind "${resolver}" /etc/resolv.conf && exec node --watch src/main.ts`;
  try {
    const { exitCode } = await runCommand("unshare", ["--mount", "bash", "-c", script], {
      cwd: checkoutFolder,
      env: { ...cluster.environment, ...images, LEADER_ELECTION: "false" },
      inherit: true,
    });
    process.exitCode = exitCode;
  } finally {
    await cluster.kubectl(["scale", "deployment/operator", "-n", "openclickstream-system", "--replicas=2"]);
  }
}

process.on("SIGINT", () => undefined); // the operator gets it too and ends; then the cluster's own is started again
await main();
