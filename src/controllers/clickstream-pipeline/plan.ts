/** Everything that a pipeline wants in the cluster. Pure. */
import { OWN_ANNOTATIONS } from "../../naming/marks.ts";
import { readiness } from "../../targets/kubernetes/readiness.ts";
import type { Child } from "../../targets/kubernetes/child.ts";
import { planCollectorDeployment } from "./plan/collector-deployment.ts";
import { planCollectorDisruptionBudget } from "./plan/collector-disruption-budget.ts";
import { planCollectorInternalService, planCollectorService } from "./plan/collector-service.ts";
import { planLakeTables } from "./plan/lake-tables.ts";
import { planProfileApi } from "./plan/profile-api.ts";
import { planProfileTable } from "./plan/profile-table.ts";
import { planRawStream } from "./plan/raw-stream.ts";
import { planCollectorServiceAccount, planStreamServiceAccount } from "./plan/service-accounts.ts";
import { planStreamConfigMap } from "./plan/stream-config-map.ts";
import { planStreamRole, planStreamRoleBinding } from "./plan/stream-role.ts";
import { planStreamService } from "./plan/stream-service.ts";
import { planStreamStatefulSet } from "./plan/stream-stateful-set.ts";
import type { ObservedPipeline } from "./observe.ts";
import type { ValidatedPipeline } from "./validate.ts";

/** The wanted children by what they are for. `undefined` = not wanted, or not yet. */
export interface PipelinePlan {
  readonly pipeline: ValidatedPipeline;
  readonly rawStream: Child;
  readonly tables: readonly Child[];
  readonly profileTable: Child | undefined;
  readonly profileApi: readonly Child[];
  readonly collector: {
    readonly serviceAccount: Child;
    readonly service: Child;
    readonly internalService: Child;
    readonly disruptionBudget: Child;
    readonly deployment: Child | undefined;
  };
  readonly streamJob: {
    readonly serviceAccount: Child;
    readonly role: Child | undefined;
    readonly roleBinding: Child | undefined;
    readonly configMap: Child;
    readonly service: Child;
    readonly statefulSet: ReturnType<typeof planStreamStatefulSet> | undefined;
  };
}

export function planPipeline(pipeline: ValidatedPipeline, observed: ObservedPipeline): PipelinePlan {
  const configMap = planStreamConfigMap(pipeline);
  return {
    pipeline,
    rawStream: planRawStream(pipeline),
    tables: planLakeTables(pipeline),
    profileTable: planProfileTable(pipeline),
    profileApi: planProfileApi(pipeline),
    collector: {
      serviceAccount: planCollectorServiceAccount(pipeline),
      service: planCollectorService(pipeline),
      internalService: planCollectorInternalService(pipeline),
      disruptionBudget: planCollectorDisruptionBudget(pipeline),
      deployment: mayRunCollector(observed) ? planCollectorDeployment(pipeline) : undefined,
    },
    streamJob: {
      serviceAccount: planStreamServiceAccount(pipeline),
      role: planStreamRole(pipeline),
      roleBinding: planStreamRoleBinding(pipeline),
      configMap,
      service: planStreamService(pipeline),
      statefulSet: mayRunJob(observed)
        ? planStreamStatefulSet(pipeline, { configMap, accountUid: accountUid(observed) })
        : undefined,
    },
  };
}

/**
 * All children in the order of writing: stream and tables first, they take longest to become ready; then what pods refer to; workloads
 * last. A workload that lacks a Secret is left as it is, with all that belongs to it.
 */
export function orderedChildren(plan: PipelinePlan): readonly Child[] {
  const { rawStream, tables, profileTable, profileApi, collector, streamJob } = plan;
  const { blocked } = plan.pipeline;
  const wanted: readonly (Child | undefined)[] = [
    rawStream,
    ...tables,
    profileTable,
    collector.serviceAccount,
    streamJob.serviceAccount,
    streamJob.role,
    streamJob.roleBinding,
    streamJob.configMap,
    collector.service,
    collector.internalService,
    streamJob.service,
    collector.disruptionBudget,
    collector.deployment,
    streamJob.statefulSet,
    ...profileApi,
  ];
  const left = new Set<Child | undefined>([
    ...(blocked.collector === undefined ? [] : Object.values(collector)),
    ...(blocked.streamJob === undefined ? [] : Object.values(streamJob)),
  ]);
  return wanted.filter((planned) => planned !== undefined).filter((planned) => !left.has(planned));
}

/** Nothing is known about an account that has just been deleted, until it is made again; then the driver is rolled. */
function accountUid({ streamAccount, streamJob }: ObservedPipeline): string | undefined {
  const inUse = streamJob?.spec?.template.metadata?.annotations?.[OWN_ANNOTATIONS.serviceAccountUid];
  return streamAccount?.metadata.uid ?? inUse;
}

/**
 * A workload is first started when what it needs is there: it would only fail, and be started again ever more slowly. Once it exists
 * it stays, whatever happens to its stream and tables.
 */
function mayRunCollector({ collector, rawStream }: ObservedPipeline): boolean {
  return collector !== undefined || readiness(rawStream).state === "ready";
}

function mayRunJob({ streamJob, streamAccount, rawStream, tables }: ObservedPipeline): boolean {
  if (streamJob !== undefined) return true;
  if (streamAccount === undefined) return false;
  return [rawStream, ...tables].every((child) => readiness(child).state === "ready");
}
