/**
 * A Kafka that knows rights, for tests of connections: one listener asks for TLS and SASL, the other for a client's certificate. Its users
 * are below; only one of each kind may do everything.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../../local/support/command.ts";
import { javaHome, mavenArtifacts } from "../../local/images/artifacts.ts";
import { type CertificateFiles, certificateFiles, makeCertificate } from "./certificates.ts";
import { freePorts, startProgram, type Engine } from "./process.ts";
import { engineSettings, logToOutput, renderProperties } from "./properties.ts";

/** May do everything; known to PLAIN and to both SCRAMs. */
export const OPERATOR = { username: "operator", password: "operator-pa55word" } as const;
/** Known to PLAIN, may do nothing. */
export const GUEST = { username: "guest", password: "guest-pa55word" } as const;

export interface SecuredKafka extends Engine {
  /** PEM of the authority that the broker's certificate is from (its own). */
  readonly certificateAuthority: string;
  /** The file that holds it. */
  readonly caFile: string;
  /** The listener that asks for a certificate, as `localhost:port`. */
  readonly mutualAddress: string;
  /** Certificates by the names in them. The brokers do not know the authority of the stranger's. */
  readonly clients: Readonly<Record<"operator" | "guest" | "stranger", CertificateFiles>>;
}

/** Starts it in an empty folder. The address is `localhost:port`, the name in its certificate. */
export async function startSecuredKafka(directory: string): Promise<SecuredKafka> {
  await mkdir(directory, { recursive: true });
  const jars = await (await mavenArtifacts("kafka")).provide(() => undefined);
  const home = await javaHome({ minimum: 17, maximum: 99 });
  const [port = 0, mutual = 0, internal = 0, controller = 0] = await freePorts(4);
  const certificateAuthority = await makeBrokerCertificate(directory);
  const clients = await makeClients(directory);
  const file = await writeConfiguration(directory, { port, mutual, internal, controller });
  const java = [join(home, "bin", "java"), "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
  const base = [
    ...java,
    `-Dlog4j2.configurationFile=${join(directory, "log4j2.properties")}`,
    "-cp",
    `${jars}/*`,
  ];
  const [program = "java", ...args] = base;
  const users = ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
    "--add-scram",
    `${mechanism}=[name=${OPERATOR.username},password=${OPERATOR.password}]`,
  ]);
  const format = ["kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", "c2VjdXJlZGthZmthLTEyMw"];
  await mustRun(program, [...args, ...format, "-c", file, ...users]);
  const { stop } = await startProgram({
    name: "secured Kafka",
    command: [...base, "kafka.Kafka", file],
    logFile: join(directory, "kafka.log"),
    deadlineSeconds: 120,
    isReady: async (log) => log.includes("Kafka Server started"),
  });
  return {
    address: `localhost:${port}`,
    mutualAddress: `localhost:${mutual}`,
    certificateAuthority,
    caFile: certificateFile(directory),
    clients,
    stop,
  };
}

function certificateFile(directory: string): string {
  return join(directory, "certificate.pem");
}

async function makeBrokerCertificate(directory: string): Promise<string> {
  const [key, certificate] = [join(directory, "key.pem"), certificateFile(directory)];
  await mustRun("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
  ]);
  const pem = await readFile(certificate, "utf8");
  await writeFile(join(directory, "keystore.pem"), `${await readFile(key, "utf8")}${pem}`, { mode: 0o600 });
  return pem;
}

/** The authority of the clients, which the broker trusts. */
const AUTHORITY = "clients";

async function makeClients(directory: string): Promise<SecuredKafka["clients"]> {
  const authority = await makeCertificate(directory, AUTHORITY);
  const make = async (name: string): Promise<CertificateFiles> =>
    makeCertificate(directory, name, name === "stranger" ? undefined : authority);
  return { operator: await make("operator"), guest: await make("guest"), stranger: await make("stranger") };
}

async function writeConfiguration(
  directory: string,
  ports: Readonly<Record<"port" | "mutual" | "internal" | "controller", number>>,
): Promise<string> {
  await writeFile(join(directory, "log4j2.properties"), logToOutput);
  const plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  const users = [OPERATOR, GUEST].map(({ username, password }) => `user_${username}="${password}"`).join(" ");
  const settings = {
    ...(await engineSettings("server.properties")),
    "controller.quorum.voters": `1@127.0.0.1:${ports.controller}`,
    listeners: [
      `CLIENT://127.0.0.1:${ports.port}`,
      `MUTUAL://127.0.0.1:${ports.mutual}`,
      `INTERNAL://127.0.0.1:${ports.internal}`,
      `CONTROLLER://127.0.0.1:${ports.controller}`,
    ].join(),
    "advertised.listeners": [
      `CLIENT://localhost:${ports.port}`,
      `MUTUAL://localhost:${ports.mutual}`,
      `INTERNAL://127.0.0.1:${ports.internal}`,
    ].join(),
    "inter.broker.listener.name": "INTERNAL",
    "listener.security.protocol.map": "CLIENT:SASL_SSL,MUTUAL:SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "listener.name.mutual.ssl.client.auth": "required",
    "listener.name.mutual.ssl.truststore.type": "PEM",
    "listener.name.mutual.ssl.truststore.location": certificateFiles(directory, AUTHORITY).certificateFile,
    "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
    "listener.name.client.plain.sasl.jaas.config": `${plain} ${users};`,
    "listener.name.client.scram-sha-256.sasl.jaas.config": scram,
    "listener.name.client.scram-sha-512.sasl.jaas.config": scram,
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": join(directory, "keystore.pem"),
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": `User:ANONYMOUS;User:${OPERATOR.username};User:CN=operator`,
    "log.dirs": join(directory, "data"),
  };
  const file = join(directory, "server.properties");
  await writeFile(file, renderProperties(settings), { mode: 0o600 });
  return file;
}
