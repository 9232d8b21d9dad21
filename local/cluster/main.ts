/** The local cluster: one Kubernetes node on this machine. `node local/cluster/main.ts help` lists the commands. */
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { listLeftovers } from "./cleanup.ts";
import { mustRun } from "../support/command.ts";
import { layoutOf } from "./layout.ts";
import {
  buildCluster,
  loadImages,
  ownerOfRunning,
  partNames,
  startCluster,
  stopCluster,
} from "./lifecycle.ts";
import { allPrograms, checkPrerequisites, installPackages } from "./prerequisites.ts";
import { livingPart, logTail } from "./process.ts";
import { buildPrograms } from "./programs.ts";
import { Steps, type ReportProgress } from "../support/progress.ts";

interface Command {
  readonly help: string;
  readonly run: (report: ReportProgress, args: readonly string[]) => Promise<void>;
}

const commands: Readonly<Record<string, Command>> = {
  install: {
    help: "install the Debian packages that are missing, those of the tests too",
    run: async (report) => installPackages(report, allPrograms),
  },
  doctor: { help: "name what this machine lacks, and how to get it", run: async () => checkPrerequisites() },
  build: {
    help: "build the programs that the cache lacks",
    run: async (report) => {
      await buildCluster(report);
    },
  },
  programs: {
    help: "the same, without a look at the machine: enough for an API server as a process",
    run: async (report) => {
      await buildPrograms(report);
    },
  },
  start: {
    help: "start the cluster, or what of it does not run",
    run: async (report) => {
      const cluster = await startCluster(report);
      console.log(
        `${cluster.wasRunning ? "It runs already" : "It runs"}: export KUBECONFIG=${cluster.kubeconfig}`,
      );
    },
  },
  stop: { help: "stop it; its data stays", run: async (report) => stopCluster(report) },
  status: { help: "tell which parts live, and how the node is", run: async () => printStatus() },
  load: {
    help: "ARCHIVE...  import image archives",
    run: async (report, archives) => {
      const images = await loadImages(
        archives.map((archive) => resolve(archive)),
        report,
      );
      for (const image of images)
        console.log(`${image.name}  ${image.isNew ? "loaded" : "is there already"}`);
    },
  },
  clean: {
    help: "stop it and remove its data",
    run: async (report) => {
      await stopCluster(report);
      const { state, kubeconfig } = layoutOf();
      for (const path of [state, kubeconfig]) await rm(path, { recursive: true, force: true });
    },
  },
};

async function printStatus(): Promise<void> {
  const layout = layoutOf();
  const owner = (await ownerOfRunning())?.checkout;
  if (owner === undefined) {
    console.log("No local cluster runs on this machine.");
    return;
  }
  console.log(`The cluster of ${owner}${owner === layout.checkout ? "" : " (another checkout)"}`);
  for (const name of partNames()) {
    const living = livingPart(name);
    console.log(`  ${name.padEnd(24)} ${living === undefined ? "dead" : `process ${living.pid}`}`);
    if (living === undefined) console.log(logTail(name).replace(/^/gm, "    "));
  }
  if (owner !== layout.checkout || livingPart("kube-apiserver") === undefined) return;
  await mustRun(
    layout.kubectl,
    ["--kubeconfig", layout.kubeconfig, "get", "nodes,pods", "--all-namespaces"],
    { inherit: true },
  );
}

async function main(name: string, args: readonly string[]): Promise<void> {
  const command = commands[name];
  if (command === undefined) {
    for (const [known, { help }] of Object.entries(commands)) console.log(`  ${known.padEnd(8)} ${help}`);
    process.exitCode = name === "help" ? 0 : 2;
    return;
  }
  const began = performance.now();
  await new Steps().run(`local cluster: ${name}`, (report) => command.run(report, args));
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (name === "stop" || name === "clean") {
    const left = await listLeftovers();
    if (left.length > 0)
      throw new Error(`the stop left behind\n${left.map((line) => `  - ${line}`).join("\n")}`);
  }
}

if (import.meta.main) {
  try {
    await main(process.argv[2] ?? "help", process.argv.slice(3));
  } catch (error) {
    console.error(`\nError: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
