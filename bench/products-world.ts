/** What the section `products` measures in: an API server, the planner, the catalog, S3 and Airflow as processes, with doors that count. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startIcebergRest, startPostgresql } from "../test/support/catalog-engines.ts";
import { startVersitygw, type Engine } from "../test/support/engines.ts";
import { startAirflow } from "./airflow.ts";
import { CountingDoor } from "./counting-door.ts";
import { startPlanner } from "./planner.ts";
import { ScaleWorld } from "./scale-world.ts";

export interface ProductDoors {
  readonly planner: CountingDoor;
  readonly catalog: CountingDoor;
  readonly airflow: CountingDoor;
}

export class ProductsWorld {
  readonly world: ScaleWorld;
  readonly doors: ProductDoors;
  readonly #engines: readonly Pick<Engine, "stop">[];

  private constructor(world: ScaleWorld, doors: ProductDoors, engines: readonly Pick<Engine, "stop">[]) {
    this.world = world;
    this.doors = doors;
    this.#engines = engines;
  }

  /** Starts everything in an empty folder; `bundle` is the operator. */
  static async start(
    directory: string,
    bundle: string,
    report: (message: string) => void,
  ): Promise<ProductsWorld> {
    const engines: Pick<Engine, "stop">[] = [];
    const keep = async <Started extends Pick<Engine, "stop">>(
      starting: Promise<Started>,
    ): Promise<Started> => {
      const started = await starting;
      engines.unshift(started);
      return started;
    };
    const folder = (name: string): string => join(directory, name);
    try {
      const storage = await keep(startVersitygw({ directory: folder("s3"), report }));
      const database = await keep(startPostgresql({ directory: folder("postgresql"), report }));
      const postgresql = database.address;
      const catalog = await keep(
        startIcebergRest({ directory: folder("catalog"), storage, postgresql, report }),
      );
      const planner = await keep(startPlanner(folder("planner.log"), report));
      const airflow = await keep(startAirflow({ directory: folder("airflow"), storage, postgresql, report }));
      const doors = {
        planner: await keep(CountingDoor.open(planner.address, (method, path) => `${method} ${path}`)),
        catalog: await keep(CountingDoor.open(catalog.uri, kindOfCatalogRequest)),
        airflow: await keep(CountingDoor.open(airflow.address, kindOfAirflowRequest)),
      };
      await mkdir(folder("world"));
      const world = await keep(
        ScaleWorld.start(folder("world"), bundle, {
          ...{ storage, catalogUri: doors.catalog.url, sqlPlannerUrl: doors.planner.url },
          airflow: { uri: doors.airflow.url, username: airflow.username, password: airflow.password },
        }),
      );
      return new ProductsWorld(world, doors, engines);
    } catch (error) {
      await stopAll(engines);
      throw error;
    }
  }

  async stop(): Promise<void> {
    await stopAll(this.#engines);
  }
}

async function stopAll(engines: readonly Pick<Engine, "stop">[]): Promise<void> {
  for (const engine of engines) await engine.stop();
}

/** Like `GET tables/*`. */
function kindOfCatalogRequest(method: string, path: string): string {
  const [, , , , collection = "other", table] = path.split("/");
  return `${method} ${collection}${table === undefined ? "" : "/*"}`;
}

/** Like `GET dags/*` and `POST dags/* dagRuns`. */
function kindOfAirflowRequest(method: string, path: string): string {
  const words = path.replace(/^\/api\/v2\//, "").split("/");
  const isOfDags = words[0] === "dags";
  return `${method} ${words.map((word, nth) => (isOfDags && nth % 2 === 1 ? "*" : word)).join(" ")}`;
}
