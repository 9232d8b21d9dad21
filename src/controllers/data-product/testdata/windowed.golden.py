# Open Clickstream made this file from DataProduct shop/sessions of cluster 11111111-2222-3333-4444-555555555555, and puts back what is changed here.
import json
import sys
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Asset, CronDataIntervalTimetable
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from croniter import croniter


# A run works in this pod.
POD = {...}


CRON = "*/15 * * * *"
ZONE = ZoneInfo("Europe/Berlin")
CREATED = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
# The tick before: the first period is the one in which the product was made.
START = croniter(CRON, CREATED.astimezone(ZONE).replace(tzinfo=None)).get_prev(datetime).replace(tzinfo=ZONE)


LOOKBACK = timedelta(seconds=172800)
KEPT = timedelta(seconds=2592000)


def window(run):
    """The time whose rows a run reads: what it was asked for, else its period of the schedule and what comes late."""
    if "from" in (run.conf or {}):
        return ["--from", run.conf["from"], "--to", run.conf["to"]]
    start, end = run.data_interval_start, run.data_interval_end
    if start is None or start == end:
        return []
    readable = datetime.now(timezone.utc) - KEPT
    if start < readable:
        raise AirflowFailException("the rows of this time stay as they are: its input shop.events keeps rows for 30d only")
    since = max(start - LOOKBACK, readable)
    return ["--from", since.isoformat(), "--to", end.isoformat()]


def run_id(run):
    """Id of a run in the table, which must not take a backfill for the run that the same time had before."""
    backfill = (run.conf or {}).get("backfill")
    return f"{run.run_id}~{backfill}" if backfill else run.run_id


class BatchJob(KubernetesPodOperator):
    """The batch job in a pod. Nothing of the pod is a template."""

    template_fields = ()
    cause = None
    end = {}

    def execute(self, context):
        run = context["dag_run"]
        self.arguments = ["batch-job", "run", "--run-id", run_id(run), *window(run)]
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
            ti.xcom_push(key="failure", value=json.dumps({"error": text[:1000], **self.end}))


with DAG(
    dag_id="shop.sessions",
    description="Fills shop.sessions from shop.events",
    schedule=CronDataIntervalTimetable(CRON, timezone="Europe/Berlin"),
    start_date=START,
    catchup=True,
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags=["openclickstream", "cluster:11111111-2222-3333-4444-555555555555", "version:90b79e0822ca"],
    default_args={
        "owner": "shop/sessions",
        "retries": 2,
        "retry_delay": timedelta(seconds=30),
    },
):
    BatchJob(
        task_id="run",
        pod_template_dict=POD,
        base_container_name="batch-job",
        inlets=[
            Asset(name="shop/main/shop/events", uri="iceberg://shop/main/shop/events"),
        ],
        outlets=[Asset(name="shop/main/shop/sessions", uri="iceberg://shop/main/shop/sessions")],
        get_logs=True,
        deferrable=False,
        on_finish_action="delete_pod",
        skip_on_exit_code=[2, 3],
        startup_timeout_seconds=900,
        log_pod_spec_on_failure=False,
    )
