"""Runs the task of a DAG file with Airflow's own operator, and a cluster that is made up: `failed_runs.py FILE`.

Prints in JSON, for each way in which a pod ends or does not start, what the task raised, whether the pod was deleted, and what was left for the
product's status.
"""

import json
import pathlib
import sys
import types

from airflow.providers.cncf.kubernetes.utils.pod_manager import PodLaunchFailedException
from kubernetes import client

dag_file = {"__name__": "dag_file"}
exec(compile(pathlib.Path(sys.argv[1]).read_text(), sys.argv[1], "exec"), dag_file)


class Task:
    """What a task leaves."""

    run_id, task_id, dag_id, try_number, map_index = "r1", "run", "shop.sessions", 1, -1

    def __init__(self):
        self.left = {}

    def xcom_push(self, key, value):
        self.left[key] = value


def pod_with(phase, **state):
    container = client.V1ContainerStatus(
        name="batch-job", image="spark", image_id="", ready=False, restart_count=0, state=client.V1ContainerState(**state)
    )
    return client.V1Pod(
        metadata=client.V1ObjectMeta(name="sessions-1", namespace="shop"),
        spec=client.V1PodSpec(containers=[]),
        status=client.V1PodStatus(phase=phase, container_statuses=[container]),
    )


class Cluster:
    """In place of the operator's connection: one pod, which is as it is."""

    def __init__(self, pod):
        self.pod, self.deleted = pod, []

    def read_pod(self, _):
        return self.pod

    def read_pod_events(self, _):
        event = types.SimpleNamespace(type="Warning", message="FailedMount: no such volume")
        return types.SimpleNamespace(items=[event])

    def fetch_requested_container_logs(self, **_):
        pass

    def await_pod_completion(self, *_):
        return self.pod

    def delete_pod(self, pod):
        self.deleted.append(pod.metadata.name)


def outcome(pod, refused=None, unlaunched=None):
    cluster = Cluster(pod)

    class Job(dag_file["BatchJob"]):
        pod_manager = cluster
        client = types.SimpleNamespace(api_client=client.ApiClient(), patch_namespaced_pod=lambda **_: None)

        def build_pod_request_obj(self, _):
            return pod

        def get_or_create_pod(self, **_):
            return raising(refused) or pod

        def find_pod(self, *_, **__):
            return pod

        def await_pod_start(self, **_):
            raising(unlaunched)

        def is_istio_enabled(self, _):
            return False

    job = Job(
        task_id="trial",
        pod_template_dict=dag_file["POD"],
        base_container_name="batch-job",
        on_finish_action="delete_pod",
        skip_on_exit_code=[2, 3],
        log_pod_spec_on_failure=False,
        log_events_on_failure=False,
    )
    run = types.SimpleNamespace(run_id="r1", conf={}, data_interval_start=None, data_interval_end=None)
    task, raised = Task(), None
    try:
        job.execute({"dag_run": run, "ti": task})
    except Exception as error:
        raised = type(error).__name__
    return {"raised": raised, "deleted": cluster.deleted, "left": task.left.get("failure")}


def raising(error):
    if error is not None:
        raise error


def ended(code, reason="Error", message=None):
    return {"terminated": client.V1ContainerStateTerminated(exit_code=code, reason=reason, message=message)}


def result(message):
    return json.dumps({"runId": "r1", "state": "Failed", "seconds": 3.5, "checks": [], "message": message})


waiting = {"waiting": client.V1ContainerStateWaiting(reason="ErrImagePull", message="no such image")}
forbidden = client.ApiException(status=403, reason="Forbidden")
forbidden.body = json.dumps({"kind": "Status", "message": "exceeded quota: small"})

OUTCOMES = {
    "published": outcome(pod_with("Succeeded", **ended(0, "Completed"))),
    "failed": outcome(pod_with("Failed", **ended(1, message=result("writing the rows: division by zero")))),
    "misused": outcome(pod_with("Failed", **ended(2, message=result("batch.json: \"keys\" must name columns")))),
    "killed": outcome(pod_with("Failed", **ended(137, "OOMKilled"))),
    "without image": outcome(pod_with("Pending", **waiting), unlaunched=PodLaunchFailedException("Image cannot be pulled")),
    "refused": outcome(pod_with("Pending"), refused=forbidden),
}
print(json.dumps(OUTCOMES))
