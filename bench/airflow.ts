/** Airflow's four processes as plain processes, with the packages of its image and the settings of `manifests/engines/airflow`, on free ports. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pythonPackagesOf, pythonRuntime } from "../local/images/python.ts";
import { checkoutFolder } from "../local/support/checkout.ts";
import { mustRun } from "../local/support/command.ts";
import type { S3Engine } from "../test/support/engines.ts";
import { freePorts, startProgram, type Engine } from "../test/support/process.ts";
import { engineSettings } from "../test/support/properties.ts";

export interface AirflowOptions {
  /** An empty folder. */
  readonly directory: string;
  readonly storage: S3Engine;
  /** `host:port` of a PostgreSQL with the database `airflow`. */
  readonly postgresql: string;
  readonly report: (message: string) => void;
}

export interface AirflowEngine extends Engine {
  readonly username: string;
  readonly password: string;
}

const PROCESSES = ["api-server", "scheduler", "dag-processor", "triggerer"] as const;
const USER = { username: "operator", password: "airflow-operator-password" };
const FERNET_KEY = Buffer.from("open-clickstream-bench-key--32-b").toString("base64");

/** The address is the URL of its REST API. The processes become healthy after it answers. */
export async function startAirflow(options: AirflowOptions): Promise<AirflowEngine> {
  const { directory, report } = options;
  const [python, packages] = await Promise.all([
    (await pythonRuntime()).provide(report),
    (await pythonPackagesOf("airflow")).provide(report),
  ]);
  const [port = 0, schedulerPort = 0, logPort = 0, triggererLogPort = 0] = await freePorts(4);
  await mkdir(directory, { recursive: true });
  const passwords = join(directory, "passwords.json");
  await writeFile(passwords, JSON.stringify({ [USER.username]: USER.password }));
  const interpreter = join(python, "usr/bin/python3.11");
  const address = `http://127.0.0.1:${port}`;
  const env = {
    ...(await engineSettings("airflow/airflow.properties")),
    ...connectionsOf(options),
    ...{ PYTHONHOME: join(python, "usr"), PYTHONPATH: packages, PYTHONUNBUFFERED: "1" },
    ...{ PATH: `${join(packages, "bin")}:${process.env["PATH"] ?? ""}`, AIRFLOW_HOME: directory },
    // The packages lie in a cache that nobody may change. Compiled anew, each process would take half a minute to start.
    PYTHONPYCACHEPREFIX: join(checkoutFolder, ".local", "bench", "pycache"),
    // Empty, it is as if it were not set: where a shell has it, nothing compiled is kept, and each file of a DAG takes half a second more.
    PYTHONDONTWRITEBYTECODE: "",
    AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH: join(directory, "bundles"),
    AIRFLOW__API__HOST: "127.0.0.1",
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${address}/execution/`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE: passwords,
    AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT: String(schedulerPort),
    AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT: String(logPort),
    AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT: String(triggererLogPort),
    AIRFLOW__API_AUTH__JWT_SECRET: "open-clickstream-bench-secret-with-which-airflow-signs-its-own-tokens",
    AIRFLOW__API__SECRET_KEY: "open-clickstream-bench-secret-with-which-airflow-signs-sessions",
    AIRFLOW__CORE__FERNET_KEY: FERNET_KEY,
  };
  report("making Airflow's database");
  await mustRun(interpreter, ["-m", "airflow", "db", "migrate"], { env });
  const started: Pick<Engine, "stop">[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (each) => each.stop()));
  };
  try {
    for (const name of PROCESSES) {
      started.push(
        await startProgram({
          name: `Airflow's ${name}`,
          command: [interpreter, "-m", "airflow", name],
          env,
          cwd: directory,
          logFile: join(directory, `${name}.log`),
          deadlineSeconds: 120,
          isReady: async () => name !== "api-server" || (await fetch(`${address}/api/v2/version`)).ok,
        }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, stop, ...USER };
}

function connectionsOf({ storage, postgresql }: AirflowOptions): Readonly<Record<string, string>> {
  return {
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `postgresql+psycopg2://airflow:airflow-password@${postgresql}/airflow`,
    AIRFLOW_CONN_OPENCLICKSTREAM: JSON.stringify({
      conn_type: "aws",
      login: storage.accessKeyId,
      password: storage.secretAccessKey,
      extra: { endpoint_url: storage.endpoint, region_name: storage.region },
    }),
  };
}
