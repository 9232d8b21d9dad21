/**
 * Kafka and versitygw (S3) as plain processes for integration tests: the same versions as the images in `images/` and the settings of
 * `manifests/engines`, on free ports of the loopback interface, with their data in a folder of the caller's. The catalogs: catalog-engines.ts.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../../local/support/command.ts";
import { javaHome, mavenArtifacts, versitygwBinary } from "../../local/images/artifacts.ts";
import { freePorts, startProgram, type Engine } from "./process.ts";
import { engineSettings, logToOutput, renderProperties } from "./properties.ts";

export type { Engine } from "./process.ts";

export interface EngineOptions {
  /** An empty folder, or one that an earlier start of the same engine used: data persists in it. */
  readonly directory: string;
  /** Tells what is being fetched or built the first time. */
  readonly report?: (message: string) => void;
  /** Port to listen on instead of a free one, for example to come back after a stop. */
  readonly port?: number;
}

/** Credentials and place of an S3 bucket. */
export interface BucketAccess {
  /** URL, for example `http://127.0.0.1:7070`. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3Engine extends Engine, BucketAccess {}

const kafkaCluster = "b3BlbmNsaWNrc3RyZWFtMQ";
const quiet = (): undefined => undefined;

/** The port that the options ask for, or one that was free a moment ago. */
export async function choosePort(options: EngineOptions): Promise<number> {
  return options.port ?? (await freePorts(1))[0] ?? 0;
}

/** A Kafka for some hundred topics has enough with `heap`'s default, 384m. */
export interface KafkaOptions extends EngineOptions {
  readonly heap?: string;
}

/** A one-node KRaft Kafka. Topics are not made by use and can be deleted. The address is `127.0.0.1:port`. */
export async function startKafka(options: KafkaOptions): Promise<Engine> {
  const jars = await (await mavenArtifacts("kafka")).provide(options.report ?? quiet);
  const port = await choosePort(options);
  const [controllerPort = 0] = await freePorts(1);
  const file = await writeKafkaConfiguration(options.directory, { port, controllerPort });
  const java = join(await javaHome({ minimum: 17, maximum: 99 }), "bin", "java");
  const logging = `-Dlog4j2.configurationFile=${join(options.directory, "log4j2.properties")}`;
  const base = [
    ...[java, `-Xmx${options.heap ?? "384m"}`, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
    ...[logging, "-cp", `${jars}/*`],
  ];
  const [program = java, ...args] = base;
  await mustRun(program, [
    ...args,
    ...["kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", kafkaCluster, "-c", file],
  ]);
  const { stop } = await startProgram({
    name: "Kafka",
    command: [...base, "kafka.Kafka", file],
    logFile: join(options.directory, "kafka.log"),
    deadlineSeconds: 120,
    isReady: async (log) => log.includes("Kafka Server started"),
  });
  return { address: `127.0.0.1:${port}`, stop };
}

async function writeKafkaConfiguration(
  directory: string,
  ports: { readonly port: number; readonly controllerPort: number },
): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "log4j2.properties"), logToOutput);
  const file = join(directory, "server.properties");
  const settings = {
    ...(await engineSettings("server.properties")),
    "controller.quorum.voters": `1@127.0.0.1:${ports.controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.port},CONTROLLER://127.0.0.1:${ports.controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${ports.port}`,
    "log.dirs": join(directory, "data"),
  };
  await writeFile(file, renderProperties(settings));
  return file;
}

export interface VersitygwOptions extends EngineOptions {
  /** File that gets a line for each request, in the format of S3's server access logs. Default none. */
  readonly accessLog?: string;
}

/** An S3 server over a folder, with the bucket `clickstream` in it. The address is a URL. */
export async function startVersitygw(options: VersitygwOptions): Promise<S3Engine> {
  const binary = await (await versitygwBinary()).provide(options.report ?? quiet);
  const port = await choosePort(options);
  const access = {
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    bucket: "clickstream",
    accessKeyId: "clickstream",
    secretAccessKey: "clickstream-secret",
  };
  const buckets = join(options.directory, "buckets");
  await mkdir(join(buckets, access.bucket), { recursive: true });
  const { stop } = await startProgram({
    name: "versitygw",
    command: [
      ...[binary, "--port", `127.0.0.1:${port}`, "--region", access.region, "--health", "/health"],
      ...(options.accessLog === undefined ? [] : ["--access-log", options.accessLog]),
      ...["--keep-alive", "posix", buckets],
    ],
    env: { ROOT_ACCESS_KEY: access.accessKeyId, ROOT_SECRET_KEY: access.secretAccessKey },
    logFile: join(options.directory, "versitygw.log"),
    deadlineSeconds: 60,
    isReady: async () => (await fetch(`${access.endpoint}/health`)).ok,
  });
  return { address: access.endpoint, ...access, stop };
}
