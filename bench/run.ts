/**
 * `make bench`: prints the figures of speed and size. They are figures, not tests: machines are noisy, so compare
 * only what one run printed. `node bench/run.ts NAME...` measures only the sections named.
 */
import { join } from "node:path";
import { startCluster, stopCluster } from "../local/cluster/lifecycle.ts";
import { waitUntilReady, type Cluster } from "../local/deploy/deployment.ts";
import { bringUpPlatform } from "../local/deploy/platform.ts";
import { checkoutFolder } from "../local/support/checkout.ts";
import { Steps } from "../local/support/progress.ts";
import { measureApplyToReady } from "./apply-to-ready.ts";
import { measureBacklog } from "./backlog.ts";
import { measureCollector } from "./collector.ts";
import { measureCache } from "./cache.ts";
import { measureColdDemo, measureWarmDemo } from "./demo.ts";
import { renderFigures, seconds, type Figure } from "./figures.ts";
import { measureFreshness } from "./freshness.ts";
import { measureIdleTables } from "./idle-tables.ts";
import { measureOperator } from "./operator.ts";
import { measurePlanner } from "./planner.ts";
import { measureProfiles } from "./profiles.ts";
import { measureProductRun } from "./product-run.ts";
import { measureProducts } from "./products.ts";
import { measureScale } from "./scale.ts";
import { measureStream } from "./stream.ts";
import { measureUpkeep } from "./upkeep.ts";

const namespace = "quickstart";

async function measureClusterStart(): Promise<Figure> {
  await stopCluster();
  const began = performance.now();
  await startCluster();
  return {
    name: "cluster start with built binaries",
    value: seconds(performance.now() - began),
    aim: "20 s",
  };
}

/** Sections that start and stop clusters of their own; they come before the one that the others share. */
const startSections: Readonly<Record<string, () => Promise<Figure>>> = {
  cold: measureColdDemo,
  warm: measureWarmDemo,
  start: measureClusterStart,
};

/** Sections that need no cluster. */
const ownSections: Readonly<
  Record<string, (report: (message: string) => void) => Promise<readonly Figure[]>>
> = {
  planner: measurePlanner,
  scale: measureScale,
  backlog: measureBacklog,
  upkeep: measureUpkeep,
  profiles: measureProfiles,
  "idle-tables": measureIdleTables,
  products: measureProducts,
  cache: measureCache,
};

type Section = (cluster: Cluster) => Promise<readonly Figure[]>;

/** In an order in which no section disturbs the next: the quiet one before those that leave work behind. */
const sections: Readonly<Record<string, Section>> = {
  operator: measureOperator,
  apply: (cluster) => measureApplyToReady(cluster, namespace),
  freshness: async (cluster) => [await measureFreshness(cluster, namespace)],
  stream: (cluster) => measureStream(cluster, namespace),
  collector: (cluster) => measureCollector(cluster, namespace),
};

/** Sections that need Airflow beside it, which disturbs the others. */
const airflowSections: Readonly<Record<string, Section>> = {
  "product-run": (cluster) => measureProductRun(cluster, namespace),
};

async function main(): Promise<void> {
  const known = [startSections, ownSections, sections, airflowSections].flatMap((some) => Object.keys(some));
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : known;
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`unknown section "${unknown}"; known: ${known.join(", ")}`);
  const steps = new Steps();
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(startSections)) {
    if (!chosen.includes(name) || process.env["CLUSTER"] === "existing") continue;
    const figure = await steps.run(`Measure: ${name}`, measure);
    console.log(renderFigures([figure]));
    figures.push(figure);
  }
  for (const [name, measure] of Object.entries(ownSections)) {
    if (!chosen.includes(name)) continue;
    const found = await steps.run(`Measure: ${name}`, measure);
    console.log(renderFigures(found));
    figures.push(...found);
  }
  figures.push(...(await measureRunning(steps, chosenOf(sections, chosen), { airflow: false })));
  figures.push(...(await measureRunning(steps, chosenOf(airflowSections, chosen), { airflow: true })));
  console.log(`\nFigures of this run\n${renderFigures(figures)}`);
}

type NamedSection = readonly [name: string, measure: Section];

function chosenOf(
  all: Readonly<Record<string, Section>>,
  chosen: readonly string[],
): readonly NamedSection[] {
  return Object.entries(all).filter(([name]) => chosen.includes(name));
}

/** Sections that share one running platform. */
async function measureRunning(
  steps: Steps,
  chosen: readonly NamedSection[],
  { airflow }: { readonly airflow: boolean },
): Promise<Figure[]> {
  const figures: Figure[] = [];
  if (chosen.length === 0) return figures;
  const cluster = await bringUpPlatform(steps, { airflow, hbase: false });
  const example = airflow ? "airflow" : "quickstart";
  await steps.run("Apply the quickstart and wait until every resource is Ready", async (report) => {
    await cluster.apply(join(checkoutFolder, "manifests", "examples", example));
    await waitUntilReady(cluster, namespace, { atLeast: 7, timeoutSeconds: 900, report });
  });
  for (const [name, measure] of chosen) {
    const found = await steps.run(`Measure: ${name}`, async () => measure(cluster));
    console.log(renderFigures(found));
    figures.push(...found);
  }
  return figures;
}

await main();
