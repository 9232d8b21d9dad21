/** The DAG of a product: one Python file for Airflow, the same text as long as nothing changed. Pure. */
import { formatTable } from "../../../naming/tables.ts";
import type { Definition } from "../definition.ts";
import { hashOf } from "../../../targets/kubernetes/child.ts";
import { DAG_TAG, DAG_VERSION_TAG, dagClusterTag, dagMark, dagOwnerOf, RUN_CONTAINER } from "../parts.ts";
import type { RunSettings, ValidatedProduct } from "../validate.ts";
import { BACKFILL_KEY } from "../runs.ts";
import { python } from "./python.ts";
import { planRunPod, RUN_ARGUMENTS } from "./run-pod.ts";

/** The image may have to be pulled, and a quota may have no room at the moment. */
const STARTUP_SECONDS = 900;
const RETRIES = 2;
const RETRY_SECONDS = 30;

/** The text tells its own version, as a tag, so that Airflow can be asked which one it has. */
export function renderDagFile(product: ValidatedProduct, definition: Definition, runs: RunSettings): string {
  const version = hashOf(textWith([], product, definition, runs)).slice(0, VERSION_LENGTH);
  return textWith([`${DAG_VERSION_TAG}${version}`], product, definition, runs);
}

const VERSION_LENGTH = 12;

function textWith(
  tags: readonly string[],
  ...[product, definition, runs]: Parameters<typeof renderDagFile>
): string {
  const parts = [
    header(runs),
    `# A run works in this pod.\nPOD = ${python(planRunPod(product, definition, runs))}\n`,
    timesOf(runs),
    ...(runs.isWindowed ? [windowFunction(definition, runs)] : []),
    operatorClass(runs),
    dagOf(tags, product, definition, runs),
  ];
  return parts.join("\n\n");
}

function header({ origin, schedule }: RunSettings): string {
  const isScheduled = schedule !== undefined;
  const lines = [
    dagMark(origin),
    "from datetime import datetime, timedelta",
    ...(isScheduled ? ["from zoneinfo import ZoneInfo"] : []),
    "",
    "from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator",
    `from airflow.sdk import DAG, Asset${isScheduled ? ", CronDataIntervalTimetable" : ""}`,
    "from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException",
    ...(isScheduled ? ["from croniter import croniter"] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** By Airflow's rules the first run is of the first whole period after the start: it begins at the first tick after the product was made. */
function timesOf({ schedule, timeZone, createdAt }: RunSettings): string {
  const created = `CREATED = datetime.fromisoformat(${python(createdAt.replace(/Z$/, "+00:00"))})\n`;
  if (schedule === undefined) return created;
  return `CRON = ${python(schedule)}
ZONE = ZoneInfo(${python(timeZone)})
${created}# The tick before: the first period is the one in which the product was made.
START = croniter(CRON, CREATED.astimezone(ZONE).replace(tzinfo=None)).get_prev(datetime).replace(tzinfo=ZONE)
`;
}

/** Of products whose runs have windows. */
function windowFunction({ mode }: Definition, { lookbackSeconds }: RunSettings): string {
  const whole =
    mode === "Append"
      ? 'raise AirflowFailException("without a time the rows of all times would be added again: give from and to in the configuration")'
      : "return []";
  return `LOOKBACK = timedelta(seconds=${lookbackSeconds})


def window(run):
    """The time whose rows a run reads: what it was asked for, else its period of the schedule and what comes late."""
    if "from" in (run.conf or {}):
        return ["--from", run.conf["from"], "--to", run.conf["to"]]
    start, end = run.data_interval_start, run.data_interval_end
    if start is None or start == end:
        ${whole}
    return ["--from", (start - LOOKBACK).isoformat(), "--to", end.isoformat()]
`;
}

function operatorClass({ isWindowed }: RunSettings): string {
  const window = isWindowed ? ", *window(run)" : "";
  return `def run_id(run):
    """Id of a run in the table, which must not take a backfill for the run that the same time had before."""
    backfill = (run.conf or {}).get("${BACKFILL_KEY}")
    return f"{run.run_id}~{backfill}" if backfill else run.run_id


class BatchJob(KubernetesPodOperator):
    """The batch job in a pod. Nothing of the pod is a template."""

    template_fields = ()

    def execute(self, context):
        run = context["dag_run"]
        self.arguments = [${RUN_ARGUMENTS.map((word) => python(word)).join(", ")}, "--run-id", run_id(run)${window}]
        try:
            return super().execute(context)
        except AirflowSkipException as ended:
            # It was called wrongly, or a check holds the rows: another try would end like this one.
            raise AirflowFailException(str(ended)) from ended
`;
}

function dagOf(
  tags: readonly string[],
  ...[product, definition, runs]: Parameters<typeof renderDagFile>
): string {
  const inputs = definition.inputs.map(({ table }) => table);
  const target = formatTable(definition.target);
  const from = inputs.length === 0 ? "" : ` from ${inputs.join(", ")}`;
  const asset = (table: string): string => assetOf(product, table);
  return `with DAG(
    dag_id=${python(runs.dagId)},
    description=${python(`Fills ${target}${from}`)},
    ${scheduleOf(runs)},
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags=${python([DAG_TAG, dagClusterTag(runs.origin), ...tags])},
    default_args={
        "owner": ${python(dagOwnerOf(runs.origin))},
        "retries": ${RETRIES},
        "retry_delay": timedelta(seconds=${RETRY_SECONDS}),
    },
):
    BatchJob(
        task_id="run",
        pod_template_dict=POD,
        base_container_name=${python(RUN_CONTAINER)},
        inlets=[
${inputs.map((table) => `            ${asset(table)},\n`).join("")}        ],
        outlets=[${asset(target)}],
        get_logs=True,
        deferrable=False,
        on_finish_action="delete_pod",
        skip_on_exit_code=[2, 3],
        startup_timeout_seconds=${STARTUP_SECONDS},
        log_pod_spec_on_failure=False,
    )
`;
}

/**
 * Runs of a product without a schedule the operator starts. Each missed period has a run of its own only where it has rows of its own; else the
 * latest run does for all.
 */
function scheduleOf({ schedule, timeZone, isWindowed }: RunSettings): string {
  if (schedule === undefined) return "schedule=None,\n    start_date=CREATED,\n    catchup=False";
  const timetable = `schedule=CronDataIntervalTimetable(CRON, timezone=${python(timeZone)})`;
  return `${timetable},\n    start_date=START,\n    catchup=${python(isWindowed)}`;
}

/** Tables of one name in two platforms are two assets. */
function assetOf({ owner, platformName }: ValidatedProduct, table: string): string {
  const name = [owner.key.namespace, platformName, ...table.split(".")].join("/");
  return `Asset(name=${python(name)}, uri=${python(`iceberg://${name}`)})`;
}
