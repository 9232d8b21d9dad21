/** HBase and its administration as plain processes: HBase with the settings of `manifests/engines/hbase`, on free ports of the loopback interface. */
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { javaHome, mavenArtifacts } from "../../local/images/artifacts.ts";
import { hbaseAdmin } from "../../local/images/java-services.ts";
import { checkoutFolder } from "../../local/support/checkout.ts";
import { choosePort, type EngineOptions } from "./engines.ts";
import { freePorts, startProgram, type Engine } from "./process.ts";

const image = join(checkoutFolder, "images/hbase");
const quiet = (): undefined => undefined;

export interface HBaseOptions extends EngineOptions {
  /** Of `hbase-site.xml`, over those that are there. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Folder of `hbase-site.xml`; default that of the manifests. */
  readonly configurationFolder?: string;
  readonly javaOptions?: readonly string[];
}

/** Master, region server and ZooKeeper in one process. The address is the master's, `localhost:port`. */
export async function startHBase(options: HBaseOptions): Promise<Engine> {
  const jars = await (await mavenArtifacts("hbase")).provide(options.report ?? quiet);
  const port = await choosePort(options);
  const [regionPort = 0, zookeeperPort = 0] = await freePorts(2);
  const { directory } = options;
  await mkdir(directory, { recursive: true });
  const settings = {
    "hbase.rootdir": `file://${join(directory, "data")}`,
    "hbase.tmp.dir": join(directory, "tmp"),
    "hbase.zookeeper.property.dataDir": join(directory, "zookeeper"),
    "hbase.zookeeper.property.clientPort": zookeeperPort,
    "hbase.master.hostname": "localhost",
    "hbase.master.port": port,
    "hbase.master.ipc.address": "127.0.0.1",
    "hbase.regionserver.hostname": "localhost",
    "hbase.regionserver.port": regionPort,
    "hbase.regionserver.ipc.address": "127.0.0.1",
    ...options.settings,
  };
  const java = join(await javaHome({ minimum: 17, maximum: 17 }), "bin");
  const { stop } = await startProgram({
    name: "HBase",
    command: [
      join(image, "bin/hbase-start"),
      ...Object.entries(settings).flatMap(([name, value]) => ["-D", `${name}=${value}`]),
    ],
    env: {
      PATH: [java, process.env["PATH"] ?? ""].join(delimiter),
      HBASE_CONF: options.configurationFolder ?? join(checkoutFolder, "manifests/engines/hbase"),
      HBASE_HOME: image,
      HBASE_LIB: jars,
      HBASE_JAVA_OPTS: [
        "-Xmx384m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        ...(options.javaOptions ?? []),
      ].join(" "),
    },
    cwd: directory,
    logFile: join(directory, "hbase.log"),
    deadlineSeconds: 180,
    isReady: async (log) => log.includes("Master has completed initialization"),
    stopSignal: "SIGKILL", // an orderly end closes regions for many seconds, and the data is not wanted again
  });
  return { address: `localhost:${port}`, stop };
}

/** What begins a run of `HBaseWriter`: its arguments follow. */
export async function writerCommand(): Promise<readonly string[]> {
  const jars = await (await hbaseAdmin()).provide(quiet);
  const java = join(await javaHome({ minimum: 17, maximum: 17 }), "bin", "java");
  return [
    ...[java, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
    ...["--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", `${jars}/*`],
    join(checkoutFolder, "test/support/java/HBaseWriter.java"),
  ];
}

/** The administration of HBase. The address is its URL. */
export async function startHBaseAdmin(
  options: Pick<HBaseOptions, "directory" | "report" | "port" | "javaOptions">,
): Promise<Engine> {
  const jars = await (await hbaseAdmin()).provide(options.report ?? quiet);
  const port = await choosePort(options);
  const java = join(await javaHome({ minimum: 17, maximum: 17 }), "bin", "java");
  const address = `http://127.0.0.1:${port}`;
  const { stop } = await startProgram({
    name: "the administration of HBase",
    command: [
      ...[java, "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
      ...(options.javaOptions ?? []),
      ...["--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp", `${jars}/*`],
      ...["io.openclickstream.hbase.HBaseAdminMain", String(port)],
    ],
    logFile: join(options.directory, "hbase-admin.log"),
    deadlineSeconds: 60,
    isReady: async () => (await fetch(`${address}/readyz`)).ok,
  });
  return { address, stop };
}
