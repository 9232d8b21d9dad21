/** For tests: passes over one product that an Airflow in memory runs. */
import { createDataProductController } from "../controllers/data-product/controller.ts";
import type {
  DataPlatform,
  DataPlatformSpec,
  DataProductSpec,
  DataProductStatus,
  LakeTable,
} from "../crds/kinds.ts";
import { dataPlatformKind, lakeTableKind } from "../crds/kinds.ts";
import { TABLE_MARKS } from "../generated/names.ts";
import type { DagRegisters } from "../targets/airflow/dag-register.ts";
import type { Dag, DagRun } from "../targets/airflow/dag.ts";
import type { PastSnapshot } from "../targets/iceberg/history.ts";
import { CHILD_TYPES } from "../targets/kubernetes/child.ts";
import { FRESH_DAGS, type FakeAirflow } from "./airflow.ts";
import {
  EVENTS_TABLE,
  FRESH_TABLES,
  FakePlanner,
  PLATFORM_WITH_AIRFLOW,
  productSpec,
  rightAnswer,
  RUN_IMAGE,
} from "./data-product.ts";
import { dagVersionOf } from "../controllers/data-product/dag-state.ts";
import { Scenario } from "./scenario.ts";
import type { FakeBucket } from "./systems.ts";

const NAME = "sessions";
const TARGET = "shop.sessions";

/** How a run ends in a test. */
export interface RunEnd {
  /** What Airflow says; default success. */
  readonly state?: DagRun["state"];
  /** Its id in the table; default that in Airflow. */
  readonly runId?: string;
  /** What the SQL meant to it. */
  readonly planHash?: string;
  readonly published?:
    | {
        readonly rows: number;
        readonly tableRows: number;
        readonly summary?: Readonly<Record<string, string>>;
      }
    | undefined;
  readonly held?: { readonly rows: number; readonly checks: readonly object[] } | undefined;
}

/** The product `sessions`, which fills shop.sessions from shop.events. */
export class ProductScenario {
  readonly scenario: Scenario;
  readonly planner: FakePlanner;
  historyReads = 0;
  /** Whether Airflow reads a changed file before the next pass, once it has the DAG. */
  airflowReadsFiles = true;
  #snapshots = 0;

  private constructor(scenario: Scenario, planner: FakePlanner) {
    this.scenario = scenario;
    this.planner = planner;
    scenario.catalog.tables.set("shop.events", EVENTS_TABLE);
    scenario.catalog.histories.set(TARGET, { published: [], branches: new Map() });
    const read = scenario.catalog.readHistory.bind(scenario.catalog);
    scenario.catalog.readHistory = (identifier) => {
      this.historyReads += 1;
      return read(identifier);
    };
    planner.answer = ({ incremental }) =>
      rightAnswer(incremental.newDataBy === undefined ? {} : { sparkWindow: "SELECT … :from … :to" });
  }

  /** On a platform with Airflow, and reading it anew in each pass as if time had passed, unless told otherwise. */
  static async start(
    platform: DataPlatform = PLATFORM_WITH_AIRFLOW,
    dags: Pick<DagRegisters, "of"> = FRESH_DAGS,
  ): Promise<ProductScenario> {
    const planner = new FakePlanner();
    const create = (systems: Parameters<Parameters<typeof Scenario.start>[0]>[0]) =>
      createDataProductController({
        planner,
        dags,
        tables: FRESH_TABLES,
        image: RUN_IMAGE,
        ...systems,
      });
    return new ProductScenario(await Scenario.start(create, platform), planner);
  }

  get airflow(): FakeAirflow {
    return this.scenario.airflow;
  }

  get bucket(): FakeBucket {
    return this.scenario.bucket;
  }

  async stop(): Promise<void> {
    await this.scenario.stop();
  }

  #spec: Partial<DataProductSpec> = {};

  /** One pass over this spec; without one over that of the last pass. */
  async pass(
    spec?: Partial<DataProductSpec>,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    this.#spec = spec ?? this.#spec;
    const creationTimestamp = "2026-01-01T00:00:00Z";
    this.scenario.putResource(NAME, productSpec(this.#spec), { annotations, creationTimestamp });
    await this.scenario.pass(NAME);
    if (this.airflowReadsFiles && this.airflow.dags.has(TARGET)) this.readFile();
  }

  /** Airflow has read the DAG's file as it lies in the bucket. */
  readFile(changes: Partial<Dag> = {}): void {
    const version = dagVersionOf(this.bucket.contents.get(`airflow/dags/${TARGET}.py`) ?? "");
    const tags = [
      "openclickstream",
      `cluster:${this.airflow.cluster}`,
      ...(version === undefined ? [] : [version]),
    ];
    this.airflow.putDag(TARGET, { ...this.airflow.dags.get(TARGET), tags, ...changes });
  }

  /** Passes until the DAG is there and runs begin by themselves. */
  async settle(spec: Partial<DataProductSpec> = {}, dag: Partial<Dag> = {}): Promise<void> {
    await this.pass(spec);
    this.readFile(dag);
    this.makeTableReady();
    await this.pass();
    await this.pass();
  }

  /** What the LakeTable's controller writes once the table is there. */
  makeTableReady(more: NonNullable<LakeTable["status"]> = {}): void {
    const { generation } = this.scenario.find(lakeTableKind, NAME)?.metadata ?? {};
    const ready = { type: "Ready", status: "True", reason: "Succeeded", message: "it is there" };
    const stamp = { observedGeneration: generation, lastTransitionTime: "2026-01-01T00:00:00Z" };
    const location = "s3://lake/shop/sessions";
    const status = { ...more, tableUuid: "table-uuid", location, conditions: [{ ...ready, ...stamp }] };
    this.scenario.putStatus(NAME, status, lakeTableKind);
  }

  /** The platform names another place of Airflow's bundle. */
  moveBundle(prefix: string): void {
    this.#changePlatform((spec) => ({ ...spec, airflow: { ...spec.airflow, bundle: { prefix } } }));
  }

  /** The platform names another bucket, or one of another S3 service. */
  moveBucket(place: Partial<DataPlatformSpec["storage"]>): void {
    this.#changePlatform((spec) => ({ ...spec, storage: { ...spec.storage, ...place } }));
  }

  #changePlatform(change: (spec: typeof PLATFORM_WITH_AIRFLOW.spec) => DataPlatformSpec): void {
    const { spec, metadata, ...platform } = PLATFORM_WITH_AIRFLOW;
    const { namespace = "", name } = metadata;
    const changed: DataPlatform = { ...platform, metadata: { namespace, name }, spec: change(spec) };
    this.scenario.put(dataPlatformKind, changed);
  }

  refuseSql(): void {
    this.planner.answer = () => ({ state: "wrong", errors: [{ message: "no column", line: 1, column: 8 }] });
  }

  /** Airflow begins a run. */
  run(id: string, changes: Partial<DagRun> = {}): void {
    this.airflow.putRun(TARGET, id, changes);
  }

  /** The run whose id begins so ends after a minute, and the table is as it left it. */
  finish(begin: string, { state = "success", ...end }: RunEnd): void {
    const run = (this.airflow.runs.get(TARGET) ?? []).find(({ id }) => id.startsWith(begin));
    if (run === undefined) throw new Error(`there is no run ${begin}`);
    const startedAt = run.startedAt ?? "2026-01-01T00:00:00Z";
    const endedAt = new Date(Date.parse(startedAt) + 60_000).toISOString();
    this.airflow.putRun(TARGET, run.id, { state, startedAt, endedAt });
    this.#leave(end.runId ?? run.id, new Date(endedAt), end);
  }

  /** What the batch job leaves in the table. */
  #leave(id: string, at: Date, { published, held, planHash = "hash-1" }: RunEnd): void {
    const snapshot = (rows: number, tableRows: number, checks: readonly object[]): PastSnapshot => {
      this.#snapshots += 1;
      const marks = { [TABLE_MARKS.runId]: id, [TABLE_MARKS.checks]: JSON.stringify(checks) };
      const figures = {
        [TABLE_MARKS.rows]: String(rows),
        [TABLE_MARKS.tableRows]: String(tableRows),
        [TABLE_MARKS.planHash]: planHash,
      };
      return { id: String(this.#snapshots), at, summary: { ...marks, ...figures } };
    };
    const { histories } = this.scenario.catalog;
    const before = histories.get(TARGET) ?? { published: [], branches: new Map() };
    const branches = new Map(before.branches);
    if (held !== undefined) branches.set(`audit_${id}`, snapshot(held.rows, held.rows, held.checks));
    const made = published && snapshot(published.rows, published.tableRows, []);
    const version = made && { ...made, summary: { ...made.summary, ...published.summary } };
    histories.set(TARGET, { published: [...(version ? [version] : []), ...before.published], branches });
  }

  status(): DataProductStatus {
    return this.scenario.status(NAME);
  }

  ready(): string {
    return this.scenario.ready(NAME);
  }

  condition(type: string): string {
    return this.scenario.condition(NAME, type);
  }

  /** What runs are made of: the DAG's file and the ConfigMap. */
  written(): readonly unknown[] {
    const configMap = this.scenario.find(CHILD_TYPES.ConfigMap, `${NAME}-product`);
    return [this.bucket.contents.get(`airflow/dags/${TARGET}.py`), configMap?.["data"]];
  }
}
