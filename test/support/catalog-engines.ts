/**
 * The Iceberg REST catalogs as plain processes: Iceberg's own server on PostgreSQL, which is the default of `manifests/engines`, and
 * Nessie, the second one that the Iceberg client is tested with.
 */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { javaHome, mavenArtifacts } from "../../local/images/artifacts.ts";
import { postgresqlDistribution } from "../../local/images/distributions.ts";
import { checkoutFolder } from "../../local/support/checkout.ts";
import { choosePort, type BucketAccess, type EngineOptions } from "./engines.ts";
import { freePorts, startProgram, type Engine } from "./process.ts";
import { engineSettings, renderProperties, type Properties } from "./properties.ts";

export interface CatalogEngine extends Engine {
  /** The Iceberg REST URI, without `/v1`. */
  readonly uri: string;
}

export interface NessieOptions extends EngineOptions {
  readonly storage: BucketAccess;
}

export interface IcebergRestOptions extends NessieOptions {
  /** `host:port` of a PostgreSQL with the database `iceberg`. */
  readonly postgresql: string;
}

/** Databases of the same names as users, and the passwords of these: other values than the cluster's, which everyone knows. */
const passwords = { iceberg: "iceberg-password", airflow: "airflow-password" };
const images = join(checkoutFolder, "images");
const quiet = (): undefined => undefined;

/** A PostgreSQL with the databases and users of the cluster's. The address is `127.0.0.1:port`. */
export async function startPostgresql(options: EngineOptions): Promise<Engine> {
  const root = await (await postgresqlDistribution()).provide(options.report ?? quiet);
  const port = await choosePort(options);
  const folder = (name: string): string => join(options.directory, name);
  await mkdir(folder("passwords"), { recursive: true });
  for (const [name, password] of Object.entries(passwords))
    await writeFile(join(folder("passwords"), name), password, { mode: 0o600 });
  const programs = [join(root, "usr/lib/postgresql/15/bin"), process.env["PATH"] ?? ""];
  const { stop } = await startProgram({
    name: "PostgreSQL",
    command: [
      ...notAsRoot(),
      ...[join(images, "postgresql/bin/postgresql-start"), "-c", "listen_addresses=127.0.0.1"],
    ],
    env: {
      PATH: programs.join(delimiter),
      LD_LIBRARY_PATH: await libraryFolder(join(root, "usr/lib")),
      PGPORT: String(port),
      PGDATA: folder("data"),
      POSTGRESQL_CONF: join(images, "postgresql/conf"),
      PASSWORDS: folder("passwords"),
      SOCKETS: folder("sockets"),
    },
    logFile: folder("postgresql.log"),
    deadlineSeconds: 120,
    // The start before it, which makes databases and users, listens nowhere.
    isReady: async (log) => /listening on IPv4[^]*ready to accept connections/.test(log),
    stopSignal: "SIGINT", // SIGTERM would wait for the clients
  });
  return { address: `127.0.0.1:${port}`, stop };
}

/** PostgreSQL refuses to run as root. In a user namespace of its own it has another name for the same user, so all files stay in reach. */
function notAsRoot(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const nobody = ["--user", "--map-user=65534", "--map-group=65534"];
  return ["unshare", ...nobody, "setpriv", "--pdeathsig", "KILL"];
}

/** Debian's folder for libraries of the machine's architecture. */
async function libraryFolder(directory: string): Promise<string> {
  const found = (await readdir(directory)).find((name) => name.endsWith("-linux-gnu"));
  return join(directory, found ?? "");
}

/** Iceberg's own REST catalog server, with the settings of the cluster's. The address is the server's URL. */
export async function startIcebergRest(options: IcebergRestOptions): Promise<CatalogEngine> {
  const { storage, directory } = options;
  const jars = await (await mavenArtifacts("iceberg-rest")).provide(options.report ?? quiet);
  const port = await choosePort(options);
  await mkdir(directory, { recursive: true });
  const java = join(await javaHome({ minimum: 17, maximum: 99 }), "bin", "java");
  const settings = await engineSettings("iceberg-rest.properties");
  const address = `http://127.0.0.1:${port}`;
  const { stop } = await startProgram({
    name: "Iceberg REST",
    command: [
      ...[java, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
      ...[
        "-cp",
        `${join(images, "iceberg-rest/conf")}:${jars}/*`,
        "org.apache.iceberg.rest.RESTCatalogServer",
      ],
    ],
    env: {
      ...settings,
      CATALOG_REST_PORT: String(port),
      CATALOG_URI: (settings["CATALOG_URI"] ?? "").replace(/\/\/[^/]+\//, `//${options.postgresql}/`),
      CATALOG_JDBC_PASSWORD: passwords.iceberg,
      CATALOG_WAREHOUSE: `s3://${storage.bucket}/warehouse`,
      CATALOG_S3_ENDPOINT: storage.endpoint,
      AWS_REGION: storage.region,
      AWS_ACCESS_KEY_ID: storage.accessKeyId,
      AWS_SECRET_ACCESS_KEY: storage.secretAccessKey,
    },
    cwd: directory,
    logFile: join(directory, "iceberg-rest.log"),
    deadlineSeconds: 180,
    isReady: async () => (await fetch(`${address}/v1/namespaces`)).ok,
  });
  return { address, uri: address, stop };
}

/** Nessie. The address is the server's URL. */
export async function startNessie(options: NessieOptions): Promise<CatalogEngine> {
  const jars = await (await mavenArtifacts("nessie")).provide(options.report ?? quiet);
  const port = await choosePort(options);
  const [managementPort = 0] = await freePorts(1);
  await mkdir(options.directory, { recursive: true });
  const file = join(options.directory, "nessie.properties");
  await writeFile(file, renderProperties(await nessieSettings(options, { port, managementPort })), {
    mode: 0o600,
  });
  const java = join(await javaHome({ minimum: 21, maximum: 99 }), "bin", "java");
  const address = `http://127.0.0.1:${port}`;
  const { stop } = await startProgram({
    name: "Nessie",
    command: [
      ...[java, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
      ...[`-Dquarkus.config.locations=${file}`, "-jar", join(jars, "nessie-quarkus-0.99.0-runner.jar")],
    ],
    cwd: options.directory,
    logFile: join(options.directory, "nessie.log"),
    deadlineSeconds: 180,
    isReady: async () => (await fetch(`${address}/iceberg/v1/config`)).ok,
  });
  return { address, uri: `${address}/iceberg`, stop };
}

async function nessieSettings(
  options: NessieOptions,
  ports: { readonly port: number; readonly managementPort: number },
): Promise<Properties> {
  const { storage, directory } = options;
  const s3 = "nessie.catalog.service.s3.default-options";
  return {
    ...(await engineSettings("nessie/nessie.properties")),
    "quarkus.http.host": "127.0.0.1",
    "quarkus.http.port": String(ports.port),
    "quarkus.management.host": "127.0.0.1",
    "quarkus.management.port": String(ports.managementPort),
    "nessie.version.store.persist.rocks.database-path": join(directory, "rocksdb"),
    "nessie.catalog.warehouses.lake.location": `s3://${storage.bucket}/warehouse`,
    [`${s3}.endpoint`]: storage.endpoint,
    [`${s3}.region`]: storage.region,
    "storage.name": storage.accessKeyId,
    "storage.secret": storage.secretAccessKey,
  };
}
