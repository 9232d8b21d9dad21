/** The DAG of a product: one Python file for Airflow, the same text as long as nothing changed. Pure. */
import { formatTable } from "../../../naming/tables.ts";
import type { Definition } from "../definition.ts";
import { hashOf } from "../../../targets/kubernetes/child.ts";
import { FAILURE_KEY, RUN_TASK } from "../../../targets/airflow/run-failure.ts";
import { DAG_TAG, DAG_VERSION_TAG, dagClusterTag, dagMark, dagOwnerOf, RUN_CONTAINER } from "../parts.ts";
import type { RunSettings, ValidatedProduct } from "../validate.ts";
import type { InputKeep } from "../input-retention.ts";
import { BACKFILL_KEY } from "../runs.ts";
import { python } from "./python.ts";
import { planRunPod, RUN_ARGUMENTS } from "./run-pod.ts";

/** The image may have to be pulled, and a quota may have no room at the moment. */
const STARTUP_SECONDS = 900;
const RETRIES = 2;
const RETRY_SECONDS = 30;
/** How often a run looks whether its delay has passed; each look costs a process for a second or two. */
const POKE_SECONDS = 60;
/** Airflow may have been away. */
const POKE_TIMEOUT_SECONDS = 86_400;

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
    header(definition, runs),
    `# A run works in this pod.\nPOD = ${python(planRunPod(product, definition, runs))}\n`,
    timesOf(runs),
    ...(runs.isWindowed ? [windowFunction(definition, runs)] : []),
    ...(isDelayed(runs) ? [delayClass(runs)] : []),
    operatorClass(runs),
    dagOf(tags, product, definition, runs),
  ];
  return parts.join("\n\n");
}

function header({ keep }: Definition, runs: RunSettings): string {
  const { origin, schedule } = runs;
  const isClocked = isDelayed(runs) || (runs.isWindowed && keep !== undefined);
  const isScheduled = schedule !== undefined;
  const lines = [
    dagMark(origin),
    "import json",
    "import sys",
    "from contextlib import suppress",
    `from datetime import datetime, timedelta${isClocked ? ", timezone" : ""}`,
    ...(isScheduled ? ["from zoneinfo import ZoneInfo"] : []),
    "",
    "from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator",
    `from airflow.sdk import DAG, Asset${isScheduled ? ", CronDataIntervalTimetable" : ""}${isDelayed(runs) ? ", BaseSensorOperator" : ""}`,
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
function windowFunction({ mode, keep }: Definition, { lookbackSeconds }: RunSettings): string {
  const whole =
    mode === "Append"
      ? 'raise AirflowFailException("without a time the rows of all times would be added again: give from and to in the configuration")'
      : "return []";
  return `LOOKBACK = timedelta(seconds=${lookbackSeconds})
${
  keep === undefined
    ? ""
    : `KEPT = timedelta(seconds=${keep.readableSeconds})
`
}

def window(run):
    """The time whose rows a run reads: what it was asked for, else its period of the schedule and what comes late."""
    if "from" in (run.conf or {}):
        return ["--from", run.conf["from"], "--to", run.conf["to"]]
    start, end = run.data_interval_start, run.data_interval_end
    if start is None or start == end:
        ${whole}
    ${keep === undefined ? "" : keptLines(keep)}return ["--from", ${keep === undefined ? "(start - LOOKBACK)" : "since"}.isoformat(), "--to", end.isoformat()]
`;
}

/** A run of a time whose rows the inputs have lost would take the product's rows of it away, or take the time for read. */
function keptLines({ table, keep }: InputKeep): string {
  const message = `the rows of this time stay as they are: its input ${table} keeps rows for ${keep} only`;
  return `readable = datetime.now(timezone.utc) - KEPT
    if start < readable:
        raise AirflowFailException(${python(message)})
    since = max(start - LOOKBACK, readable)
    `;
}

/** Runs without a schedule the operator gives a time that has settled. */
function isDelayed({ isWindowed, schedule, delaySeconds }: RunSettings): boolean {
  return isWindowed && schedule !== undefined && delaySeconds > 0;
}

/** The worker is free meanwhile. */
function delayClass({ delaySeconds }: RunSettings): string {
  return `DELAY = timedelta(seconds=${delaySeconds})


class Settled(BaseSensorOperator):
    """Waits after the end of a run's time for rows that are committed later than they say. What is asked for does not wait."""

    def poke(self, context):
        run = context["dag_run"]
        is_asked = "from" in (run.conf or {}) or run.data_interval_end is None
        return is_asked or datetime.now(timezone.utc) >= run.data_interval_end + DELAY
`;
}

/** The pod is deleted at its end. What was known of it stays with its run in Airflow, from where the operator reads why the run failed. */
function operatorClass({ isWindowed }: RunSettings): string {
  const window = isWindowed ? ", *window(run)" : "";
  return `def run_id(run):
    """Id of a run in the table, which must not take a backfill for the run that the same time had before."""
    backfill = (run.conf or {}).get("${BACKFILL_KEY}")
    return f"{run.run_id}~{backfill}" if backfill else run.run_id


class BatchJob(KubernetesPodOperator):
    """The batch job in a pod. Nothing of the pod is a template."""

    template_fields = ()
    cause = None
    end = {}

    def execute(self, context):
        run = context["dag_run"]
        self.arguments = [${RUN_ARGUMENTS.map((word) => python(word)).join(", ")}, "--run-id", run_id(run)${window}]
        try:
            return super().execute(context)
        except Exception as ended:
            self.tell(context["ti"], self.cause or ended)
            if isinstance(ended, AirflowSkipException):
                # It was called wrongly, or a check holds the rows: another try would end like this one.
                raise AirflowFailException(str(ended)) from ended
            raise

    def cleanup(self, pod, remote_pod, *args, **kwargs):
        # What is raised behind this hides it.
        self.cause = sys.exc_info()[1]
        with suppress(Exception):
            self.end = self.read_end(pod)
        super().cleanup(pod, remote_pod, *args, **kwargs)

    def read_end(self, pod):
        """What Kubernetes says of a pod that has failed, or does not start, before it is deleted."""
        status = self.pod_manager.read_pod(pod).status
        if status.phase == "Succeeded":
            return {}
        events = self.pod_manager.read_pod_events(pod).items
        warnings = [event.message[:500] for event in events if event.type == "Warning" and event.message]
        return {"status": self.client.api_client.sanitize_for_serialization(status), "warnings": warnings[-3:]}

    def tell(self, ti, error):
        """Leaves it for the product's status; the next try takes it away."""
        text = getattr(error, "body", None) or str(error)
        with suppress(Exception):
            ti.xcom_push(key="${FAILURE_KEY}", value=json.dumps({"error": text[:1000], **self.end}))
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
    ${isDelayed(runs) ? SETTLED : ""}BatchJob(
        task_id="${RUN_TASK}",
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

const SETTLED = `Settled(
        task_id="delay",
        mode="reschedule",
        poke_interval=min(DELAY.total_seconds(), ${POKE_SECONDS}),
        timeout=DELAY.total_seconds() + ${POKE_TIMEOUT_SECONDS},
    ) >> `;

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
