/**
 * Runs a program beside engines of its own and stops them: `node test/support/with-engines.ts ENGINE... -- PROGRAM ARGUMENT...`.
 * The program finds them in its environment:
 *
 *   lake           Kafka, S3 and the Iceberg catalog; the JSON file ENGINES_FILE says where they are. Member "privateStorage" of it: S3
 *                  once more, behind a certificate of a private authority. Member "tokenService": what gives the keys of S3 for a token
 *   trino          behind "lake" only: a Trino with that lake as its catalog `lake`; member "trino" of the file
 *   secured-kafka  a Kafka with TLS and SASL; SECURED_KAFKA (host:port), SECURED_KAFKA_CA_FILE, SECURED_KAFKA_USERNAME and
 *                  SECURED_KAFKA_PASSWORD, and member "securedKafka" of that file. Its listener for clients with a certificate:
 *                  MUTUAL_KAFKA, MUTUAL_KAFKA_CERTIFICATE_FILE and MUTUAL_KAFKA_KEY_FILE
 *   hbase-jars     starts nothing; HBASE_HOME, HBASE_CONF and HBASE_LIB are what `images/hbase/bin/hbase-start` needs
 *   kafka-jars     starts nothing; KAFKA_CLASSPATH is what a program needs to start a Kafka itself, `java` is in its PATH
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { javaHome, mavenArtifacts } from "../../local/images/artifacts.ts";
import { checkoutFolder } from "../../local/support/checkout.ts";
import { runCommand } from "../../local/support/command.ts";
import { type EngineAddresses, RunningEngines } from "./engine-set.ts";

const known = ["lake", "trino", "secured-kafka", "hbase-jars", "kafka-jars"];
const report = (message: string): void => {
  console.error(`engines: ${message}`);
};

interface Provided {
  readonly environment: Readonly<Record<string, string>>;
  /** Goes into ENGINES_FILE. */
  readonly addresses: object;
}

async function provide(name: string, running: RunningEngines, before: object): Promise<Provided> {
  if (name === "trino") {
    if (!("catalog" in before)) throw new Error('the engine "trino" must stand behind "lake"');
    return { environment: {}, addresses: { trino: await running.startTrino(before as EngineAddresses) } };
  }
  if (name === "lake") {
    const lake = await running.start();
    const privateStorage = await running.startPrivateStorage(lake);
    const tokenService = await running.startTokenService(lake);
    return { environment: {}, addresses: { ...lake, privateStorage, tokenService } };
  }
  if (name === "hbase-jars") return { environment: await hbasePrograms(), addresses: {} };
  if (name === "kafka-jars") return { environment: await kafkaPrograms(), addresses: {} };
  const secured = await running.startSecuredKafka();
  const environment = {
    SECURED_KAFKA: secured.bootstrapServers.join(),
    SECURED_KAFKA_CA_FILE: secured.caFile,
    SECURED_KAFKA_USERNAME: secured.username,
    SECURED_KAFKA_PASSWORD: secured.password,
    MUTUAL_KAFKA: secured.mutual.bootstrapServers.join(),
    MUTUAL_KAFKA_CERTIFICATE_FILE: secured.mutual.certificateFile,
    MUTUAL_KAFKA_KEY_FILE: secured.mutual.keyFile,
  };
  return { environment, addresses: { securedKafka: secured } };
}

async function kafkaPrograms(): Promise<Readonly<Record<string, string>>> {
  const jars = await (await mavenArtifacts("kafka")).provide(report);
  const home = await javaHome({ minimum: 17, maximum: 99 });
  return { KAFKA_CLASSPATH: `${jars}/*`, PATH: `${join(home, "bin")}:${process.env["PATH"] ?? ""}` };
}

/** For programs that start and kill an HBase themselves. */
async function hbasePrograms(): Promise<Readonly<Record<string, string>>> {
  return {
    HBASE_LIB: await (await mavenArtifacts("hbase")).provide(report),
    HBASE_HOME: join(checkoutFolder, "images/hbase"),
    HBASE_CONF: join(checkoutFolder, "manifests/engines/hbase"),
  };
}

async function main(args: readonly string[]): Promise<number> {
  const end = args.indexOf("--");
  const [names, [program, ...rest]] = [args.slice(0, end), args.slice(end + 1)];
  const unknown = names.find((name) => !known.includes(name));
  if (end < 0 || program === undefined || unknown !== undefined) {
    throw new Error(`usage: with-engines.ts ENGINE... -- PROGRAM ARGUMENT...; engines: ${known.join(", ")}`);
  }
  const directory = await mkdtemp(join(tmpdir(), "openclickstream-engines-"));
  const running = new RunningEngines(directory, report);
  try {
    const file = join(directory, "engines.json");
    const all: Provided[] = [];
    const addresses = {};
    for (const name of names) {
      const provided = await provide(name, running, addresses);
      all.push(provided);
      Object.assign(addresses, provided.addresses);
    }
    await writeFile(file, JSON.stringify(addresses), { mode: 0o600 });
    const environment = Object.assign({}, ...all.map((one) => one.environment)) as Record<string, string>;
    const env = { ...environment, ENGINES_FILE: file };
    return (await runCommand(program, rest, { env, inherit: true })).exitCode;
  } finally {
    await running.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
