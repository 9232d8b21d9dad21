"""Makes what the processes of Airflow need before they start. Doing so again changes nothing."""

import json
import os
import shutil
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

# A copy, since Airflow opens the file for writing.
shutil.copyfile("/etc/airflow/passwords.json", os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])

# The bundle cannot be read while nothing lies below its prefix, and an empty file there fails too.
bundle = json.loads(os.environ["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"])[0]["kwargs"]
connection = json.loads(os.environ["AIRFLOW_CONN_OPENCLICKSTREAM"])
s3 = boto3.client(
    "s3",
    aws_access_key_id=connection["login"],
    aws_secret_access_key=connection["password"],
    **connection["extra"],
)
deadline = time.monotonic() + 300
while True:
    try:
        s3.put_object(
            Bucket=bundle["bucket_name"],
            Key=bundle["prefix"] + ".airflowignore",
            Body=b"# Airflow's bundle needs a file here that is not empty.\n",
        )
        break
    except (BotoCoreError, ClientError) as error:
        if time.monotonic() > deadline:
            raise
        print(f"waiting for the object store: {error}", flush=True)
        time.sleep(1)
