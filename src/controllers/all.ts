/** All controllers of the operator, and what they share. To add a kind, write its controller and name it here. */
import { editionKeyIn } from "../platform/edition-key.ts";
import { PlatformReader } from "../platform/platform.ts";
import { getSecretsOver, SecretReader } from "../platform/secret-reader.ts";
import type { RestClient } from "../runtime/http/rest-client.ts";
import type { Operator } from "../runtime/operator.ts";
import { DagRegisters } from "../targets/airflow/dag-register.ts";
import { createSystemClients, realConnections } from "../targets/clients.ts";
import { JsonClient } from "../targets/http/json-client.ts";
import { InputTables } from "../targets/iceberg/input-tables.ts";
import { AnswerMemory } from "../targets/planner/answer-memory.ts";
import { createSqlPlanner } from "../targets/planner/planner.ts";
import { PlannerTurns } from "../targets/planner/turns.ts";
import { CachingCacheReader } from "../targets/trino/cache-statistics.ts";
import { CachingProber } from "../targets/trino/prober.ts";
import type { PipelineImages } from "./clickstream-pipeline/validate.ts";
import { createClickstreamPipelineController } from "./clickstream-pipeline/controller.ts";
import { createDataPlatformController } from "./data-platform/controller.ts";
import { createDataProductController } from "./data-product/controller.ts";
import { DAG_TAG } from "./data-product/parts.ts";
import { createEventStreamController } from "./event-stream/controller.ts";
import { createLakeTableController } from "./lake-table/controller.ts";
import { createQueryClusterController } from "./query-cluster/controller.ts";
import type { ClusterImages } from "./query-cluster/validate.ts";
import { createServingTableController } from "./serving-table/controller.ts";

/** What the controllers are made from. */
export interface ControllerDependencies {
  readonly rest: RestClient;
  /** Where the operator keeps what is its own. */
  readonly operatorNamespace: string;
  /** Images of the release, as full references. */
  readonly images: PipelineImages & ClusterImages;
  /** Base address of the SQL planner. */
  readonly sqlPlannerUrl: string;
  /** Base address of the administration of HBase. */
  readonly hbaseAdminUrl: string;
}

/** The connections that the controllers share. */
export interface ControllerConnections {
  /** Closes them, once no pass runs any more. */
  close(): Promise<void>;
}

/** A plan names each column and all it is made of. */
const PLAN_MAX_BYTES = 16 * 1024 * 1024;

/** Registers every kind with the operator. */
export function registerControllers(
  operator: Operator,
  { rest, images, operatorNamespace, sqlPlannerUrl, hbaseAdminUrl }: ControllerDependencies,
): ControllerConnections {
  const client = new JsonClient();
  const plannerClient = new JsonClient({ maxAnswerBytes: PLAN_MAX_BYTES });
  const secrets = new SecretReader({
    get: getSecretsOver(rest),
    editionKey: editionKeyIn(operatorNamespace, rest),
  });
  const systems = {
    platforms: new PlatformReader(secrets),
    clients: createSystemClients(realConnections(hbaseAdminUrl)),
  };
  const { platforms } = systems;
  const prober = new CachingProber(client);
  const cacheReader = new CachingCacheReader(client);
  operator.register(createDataPlatformController({ images, ...systems }));
  operator.register(createEventStreamController(systems));
  operator.register(createLakeTableController(systems));
  operator.register(createServingTableController(systems));
  operator.register(createClickstreamPipelineController({ images, client, ...systems }));
  operator.register(createQueryClusterController({ images, prober, cacheReader, secrets, platforms }));
  operator.register(
    createDataProductController({
      planner: new AnswerMemory(new PlannerTurns(createSqlPlanner(plannerClient, sqlPlannerUrl))),
      dags: new DagRegisters({ tag: DAG_TAG }),
      tables: new InputTables(),
      image: images.spark,
      ...systems,
    }),
  );
  return {
    close: async () => {
      await Promise.all([client.close(), plannerClient.close(), systems.clients.closeAll()]);
    },
  };
}
