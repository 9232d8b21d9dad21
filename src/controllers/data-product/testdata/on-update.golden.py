# Open Clickstream made this file from DataProduct shop/sessions of cluster 11111111-2222-3333-4444-555555555555, and puts back what is changed here.
import json
import sys
from contextlib import suppress
from datetime import datetime, timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Asset
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException


# A run works in this pod.
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "sessions-product",
        "namespace": "shop",
        "labels": {
            "app.kubernetes.io/managed-by": "openclickstream",
            "openclickstream.io/dataproduct": "sessions",
            "app.kubernetes.io/component": "run",
        },
    },
    "spec": {
        "serviceAccountName": "sessions-product",
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "runAsGroup": 65532,
            "fsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumes": [
            {"name": "config", "configMap": {"name": "sessions-product"}},
            {"name": "scratch", "emptyDir": {}},
            {"name": "tmp", "emptyDir": {}},
        ],
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "containers": [
            {
                "name": "batch-job",
                "image": "images.test/spark:1",
                "imagePullPolicy": "IfNotPresent",
                "args": ["batch-job", "run"],
                "env": [
                    {
                        "name": "POD_IP",
                        "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}},
                    },
                    {"name": "SPARK_LOCAL_HOSTNAME", "value": "$(POD_IP)"},
                    {"name": "SPARK_LOCAL_DIRS", "value": "/var/data/spark"},
                    {"name": "AWS_REGION", "value": "us-east-1"},
                    {
                        "name": "AWS_ACCESS_KEY_ID",
                        "valueFrom": {"secretKeyRef": {"name": "s3", "key": "accessKeyId"}},
                    },
                    {
                        "name": "AWS_SECRET_ACCESS_KEY",
                        "valueFrom": {"secretKeyRef": {"name": "s3", "key": "secretAccessKey"}},
                    },
                    {"name": "NOTE", "value": "a {{ template }} of \"nobody\" \\ ü"},
                ],
                "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "4Gi"}},
                "terminationMessagePolicy": "FallbackToLogsOnError",
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [
                    {"name": "config", "mountPath": "/etc/openclickstream", "readOnly": True},
                    {"name": "scratch", "mountPath": "/var/data/spark"},
                    {"name": "tmp", "mountPath": "/tmp"},
                ],
            },
        ],
        "nodeSelector": {"pool": "batch"},
        "tolerations": [{"key": "batch", "operator": "Exists"}],
    },
}


CREATED = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


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
        self.arguments = ["batch-job", "run", "--run-id", run_id(run)]
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
    schedule=None,
    start_date=CREATED,
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags=["openclickstream", "cluster:11111111-2222-3333-4444-555555555555", "version:16df3bf3fec2"],
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
