/** The Job that looks after tables: one pod in which Spark works alone. Its document travels with the pod, so that nothing is left to clean up. Pure. */
import type { V1JobSpec } from "@kubernetes/client-node";
import type { LakeTable } from "../../../crds/kinds.ts";
import type { UpkeepDocument } from "../../../generated/upkeep.ts";
import { ownWorkloadName, workloadName } from "../../../naming/children.ts";
import { OWN_ANNOTATIONS } from "../../../naming/marks.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child, hashOf } from "../../../targets/kubernetes/child.ts";
import { lakeDocument } from "../../../workloads/lake-document.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { renderProperties } from "../../../workloads/properties.ts";
import { serviceAccount } from "../../../workloads/service-account.ts";
import { loneSparkPod, loneSparkProperties, SPARK_PROPERTIES_FILE } from "../../../workloads/spark-pod.ts";
import { accountAnnotations } from "../../../workloads/workload-identity.ts";
import { upkeepSettings } from "../../upkeep/settings.ts";
import { UPKEEP_SYSTEMS } from "../parts.ts";
import type { JobTable } from "../upkeep.ts";
import type { ValidatedPlatform } from "../validate.ts";

const COMPONENT = "upkeep";
const DOCUMENT_FILE = "upkeep.json";
/** All tables of the platform wait for a Job that hangs. What is done when the time is over stays done. */
const DEADLINE_SECONDS = 2 * 3600;
/** As long as that its log can be read. */
const TTL_SECONDS = 4 * 3600;
/** A Job for the same tables after the same runs has the same name within this time, whoever starts it. */
const SLOT_MS = 600_000;

/** Throws `TerminalError` for what the platform's manifest says of pods and must not. */
export function planUpkeepJob(
  platform: ValidatedPlatform,
  tables: readonly LakeTable[],
  now: Date,
): Child<{ spec: V1JobSpec }> {
  const document = renderDocument(platform, tables);
  const slot = Math.floor(now.getTime() / SLOT_MS);
  const runs = tables.map(({ status }) => status?.maintenance?.lastRun?.job);
  const name = workloadName(ownName(platform), `${COMPONENT}-${hashOf([document, runs, slot]).slice(0, 10)}`);
  const metadata = {
    ...childMetadata(platform, { name, component: COMPONENT }),
    annotations: { [OWN_ANNOTATIONS.upkeepTables]: JSON.stringify(tables.map(jobTable)) },
  };
  return child(CHILD_TYPES.Job, metadata, {
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: DEADLINE_SECONDS,
      ttlSecondsAfterFinished: TTL_SECONDS,
      template: podTemplate(platform, document),
    },
  });
}

/** The account that the store knows the pods by; `undefined` where they have keys. */
export function planUpkeepAccount(platform: ValidatedPlatform): Child | undefined {
  const annotations = accountAnnotations(platform.spec);
  if (annotations === undefined) return undefined;
  return serviceAccount(platform, { name: accountName(platform), component: COMPONENT }, annotations);
}

function accountName(platform: ValidatedPlatform): string {
  return workloadName(ownName(platform), COMPONENT);
}

function ownName({ owner }: ValidatedPlatform): string {
  return ownWorkloadName(owner.key.name);
}

function podTemplate(platform: ValidatedPlatform, document: string): V1JobSpec["template"] {
  const { spec, maintenance } = platform;
  const { image, resources, podTemplate: given } = maintenance;
  const properties = renderProperties(loneSparkProperties(COMPONENT, resources));
  const files = [
    { path: DOCUMENT_FILE, annotation: OWN_ANNOTATIONS.upkeepDocument },
    { path: SPARK_PROPERTIES_FILE, annotation: OWN_ANNOTATIONS.sparkProperties },
  ];
  const pod = loneSparkPod({
    ...{ platform: spec, systems: UPKEEP_SYSTEMS, image, args: ["batch-job", "upkeep"], resources },
    config: {
      downwardAPI: {
        items: files.map(({ path, annotation }) => ({
          path,
          fieldRef: { apiVersion: "v1", fieldPath: `metadata.annotations['${annotation}']` },
        })),
      },
    },
  });
  const hasAccount = accountAnnotations(spec) !== undefined;
  return withPodTemplate(
    {
      metadata: {
        labels: componentLabels(platform, COMPONENT),
        annotations: {
          [OWN_ANNOTATIONS.upkeepDocument]: document,
          [OWN_ANNOTATIONS.sparkProperties]: properties,
        },
      },
      spec: { ...pod, ...(hasAccount && { serviceAccountName: accountName(platform) }) },
    },
    given,
    { field: "spec.maintenance.podTemplate" },
  );
}

function jobTable({ spec, status }: LakeTable): JobTable {
  return { database: spec.database, table: spec.table, tableUuid: status?.tableUuid ?? "" };
}

/** What `batch-job upkeep` reads. */
function renderDocument({ spec }: ValidatedPlatform, tables: readonly LakeTable[]): string {
  const document: UpkeepDocument = { ...lakeDocument(spec), tables: tables.map(documentTable) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function documentTable(table: LakeTable): UpkeepDocument["tables"][number] {
  const settings = upkeepSettings(table);
  const isOrphanSearchDue = table.status?.maintenance?.due?.includes("OrphanFiles") === true;
  return {
    ...jobTable(table),
    targetFileBytes: settings.targetFileBytes,
    keepSnapshotsForSeconds: settings.keepSnapshotsSeconds,
    minSnapshots: settings.minSnapshots,
    // All files of the table are listed for it: only when its time has come, not at each run.
    ...(isOrphanSearchDue && { orphansOlderThanSeconds: settings.orphansOlderThanSeconds }),
    ...(settings.retention && { retention: settings.retention }),
  };
}
