/**
 * How the operator does with many DataProducts that are applied at once, and what they cost at rest, against a real API server, planner,
 * catalog, S3 and Airflow without a cluster. No run begins: the input has no rows, and the first run of those with a schedule counts as begun.
 * `PRODUCTS=200` is their number, `PRODUCTS_REST=60` the seconds of rest, `SCALE_BUNDLE=path` another operator's bundle.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { firstRequest } from "../src/controllers/data-product/requests.ts";
import type { DataPlatform, DataProduct, LakeTable } from "../src/crds/kinds.ts";
import { renderFigures, seconds, type Figure } from "./figures.ts";
import { ProductsWorld, type ProductDoors } from "./products-world.ts";
import { buildBundle } from "./scale.ts";
import { NAMESPACE } from "./scale-world.ts";

const GROUP = `/apis/openclickstream.io/v1alpha1/namespaces/${NAMESPACE}`;
const PRODUCTS = `${GROUP}/dataproducts`;
const INPUT = "web-events";
const DATABASE = "shop";
const DEADLINE_MS = 900_000;
const LOOK_MS = 250;
/** So that what the last change woke is over. */
const SETTLE_MS = 20_000;

export async function measureProducts(report: (message: string) => void): Promise<readonly Figure[]> {
  const count = Number(process.env["PRODUCTS"] ?? "200");
  const bundle = process.env["SCALE_BUNDLE"] ?? (await buildBundle());
  const directory = await mkdtemp(join(tmpdir(), "openclickstream-products-"));
  const world = await ProductsWorld.start(directory, bundle, report);
  try {
    return await new Measurement(world, count, report).run();
  } finally {
    await world.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Milestone {
  readonly name: string;
  readonly condition: string;
  readonly aim?: string;
}

/** In the order in which a product reaches them. */
const MILESTONES: readonly Milestone[] = [
  { name: "SQL checked", condition: "SqlValid" },
  { name: "table there", condition: "TableReady" },
  { name: "Ready", condition: "Ready", aim: "30 s" },
];

class Measurement {
  readonly #world: ProductsWorld;
  readonly #count: number;
  readonly #report: (message: string) => void;
  readonly #figures: Figure[] = [];

  constructor(world: ProductsWorld, count: number, report: (message: string) => void) {
    this.#world = world;
    this.#count = count;
    this.#report = report;
  }

  async run(): Promise<readonly Figure[]> {
    await this.#prepare();
    await this.#apply();
    await sleep(SETTLE_MS);
    await this.#rest();
    return this.#figures;
  }

  /** Until the platform is reached and the input is there. */
  async #prepare(): Promise<void> {
    const { world } = this.#world;
    await world.call("POST", `${GROUP}/laketables`, INPUT_TABLE);
    await this.#until(async () => {
      const table = (await world.call("GET", `${GROUP}/laketables/${INPUT}`)) as LakeTable;
      const platform = (await world.call("GET", `${GROUP}/dataplatforms/main`)) as DataPlatform;
      return table.status?.tableUuid !== undefined && isTrue(platform, "AirflowReady");
    });
  }

  async #apply(): Promise<void> {
    const { world } = this.#world;
    const before = await this.#read();
    const began = performance.now();
    const made = Array.from({ length: this.#count }, async (_, nth) => {
      const product = (await world.call("POST", PRODUCTS, manifest(nth))) as DataProduct;
      if (product.spec.refresh.schedule === undefined) return;
      const requests = [firstRequest(product)];
      await world.call("PATCH", `${PRODUCTS}/${product.metadata.name}/status`, { status: { requests } });
    });
    await Promise.all(made);
    const title = `${this.#count} products applied at once`;
    for (const { name, condition, aim } of MILESTONES) {
      await this.#until(async () => this.#allHave(condition));
      const value = seconds(performance.now() - began);
      this.#tell({ name: `${title}, all: ${name}`, value, ...(aim !== undefined && { aim }) });
    }
    const after = await this.#read();
    const used = (program: "operator" | "apiServer"): string =>
      after.processes.usedSince(before.processes, program).toFixed(1);
    this.#tell(
      {
        name: `${title}, processor s of operator / API server`,
        value: `${used("operator")} / ${used("apiServer")}`,
      },
      {
        name: `${title}, operator's peak memory`,
        value: `${after.processes.operatorPeakMiB.toFixed(0)} MiB`,
      },
      ...this.#requests(title, before, after),
    );
  }

  async #rest(): Promise<void> {
    const restSeconds = Number(process.env["PRODUCTS_REST"] ?? "60");
    const before = await this.#read();
    await sleep(restSeconds * 1000);
    const after = await this.#read();
    const used = after.processes.usedSince(before.processes, "operator");
    const title = `${this.#count} products at rest for ${restSeconds} s`;
    this.#tell(
      { name: `${title}, operator`, value: `${((used / restSeconds) * 1000).toFixed(1)} millicores` },
      ...this.#requests(title, before, after),
    );
  }

  #requests(title: string, before: Reading, after: Reading): readonly Figure[] {
    return [
      { name: `${title}, API server`, value: after.requests.since(before.requests) || "none" },
      ...DOORS.map((door) => ({
        name: `${title}, ${door}`,
        value: difference(before.doors[door], after.doors[door]),
        ...(door === "planner" && { aim: `at most ${this.#count}` }),
      })),
    ];
  }

  async #read(): Promise<Reading> {
    const { world, doors } = this.#world;
    const { planner, catalog, airflow } = doors;
    const counts = { planner: planner.counts(), catalog: catalog.counts(), airflow: airflow.counts() };
    return { ...(await world.read()), doors: counts };
  }

  async #allHave(condition: string): Promise<boolean> {
    const { items } = (await this.#world.world.call("GET", PRODUCTS)) as { items: readonly DataProduct[] };
    const count = items.filter((product) => isTrue(product, condition)).length;
    this.#report(`${count} of ${this.#count}: ${condition}`);
    return count === this.#count;
  }

  /** Shown at once, so that a run that breaks off has told what it found. */
  #tell(...figures: readonly Figure[]): void {
    console.log(renderFigures(figures));
    this.#figures.push(...figures);
  }

  async #until(isDone: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!(await isDone())) {
      if (Date.now() > deadline) throw new Error(await this.#diagnosis());
      await sleep(LOOK_MS);
    }
  }

  async #diagnosis(): Promise<string> {
    const { items } = (await this.#world.world.call("GET", PRODUCTS)) as { items: readonly DataProduct[] };
    const late = items.find((product) => !isTrue(product, "Ready"));
    return `not done after ${DEADLINE_MS / 1000} s; one product says ${JSON.stringify(late?.status?.conditions)}`;
  }
}

type Door = keyof ProductDoors;
interface Reading extends Awaited<ReturnType<ProductsWorld["world"]["read"]>> {
  readonly doors: Readonly<Record<Door, ReadonlyMap<string, number>>>;
}

const DOORS: readonly Door[] = ["planner", "catalog", "airflow"];

function isTrue({ status }: DataProduct | DataPlatform, type: string): boolean {
  return status?.conditions?.some((one) => one.type === type && one.status === "True") === true;
}

/** Like `400: 200 GET dags/*, 200 POST plan`, most first. */
function difference(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string {
  const counts = [...after]
    .map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return `${total}${total === 0 ? "" : `: ${counts.map(([kind, count]) => `${count} ${kind}`).join(", ")}`}`;
}

const INPUT_TABLE = {
  apiVersion: "openclickstream.io/v1alpha1",
  kind: "LakeTable",
  metadata: { name: INPUT },
  spec: {
    ...{ platformRef: { name: "main" }, database: DATABASE, table: "web_events" },
    columns: [
      { name: "event_time", type: "timestamptz", required: true },
      ...["event_type", "session_id", "visitor_id", "page_path", "user_agent"].map((name) => ({
        name,
        type: "string",
      })),
      { name: "is_bot", type: "boolean" },
      { name: "properties", type: "map<string,string>" },
    ],
  },
};

/** Half of them by a schedule, half by the input; no SQL twice. */
function manifest(nth: number): object {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "DataProduct",
    metadata: { name: `product-${nth}` },
    spec: {
      platformRef: { name: "main" },
      sql: `SELECT floor(event_time TO DAY) AS "day", count(DISTINCT session_id) AS sessions
        FROM ${DATABASE}.web_events WHERE NOT is_bot AND page_path <> '/${nth}' GROUP BY 1`,
      target: { database: DATABASE, table: `product_${nth}` },
      refresh: nth % 2 === 0 ? { schedule: "0 3 1 * *" } : { onUpdate: {} },
    },
  };
}
