/** Trino as a plain process for tests, with the lake of the run as its catalog `lake`, and with or without a cache of its files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { javaHome } from "../../local/images/artifacts.ts";
import { trinoDistribution } from "../../local/images/distributions.ts";
import type { BucketAccess } from "./engines.ts";
import { freePorts, startProgram, type Engine } from "./process.ts";
import { renderProperties } from "./properties.ts";

const ready = "SELECT count(*) FROM system.runtime.nodes";

export interface TrinoOptions {
  readonly directory: string;
  readonly lake: {
    readonly storage: BucketAccess;
    readonly catalog: {
      /** Iceberg REST URI. */
      readonly uri: string;
    };
  };
  /** Further properties of the catalog `lake`, such as those of its cache. Default none. */
  readonly lakeProperties?: Readonly<Record<string, string>>;
  /** Further catalogs: their properties by their names. Default none. */
  readonly catalogs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Default 1g. */
  readonly heap?: string;
  readonly report: (message: string) => void;
}

/** A coordinator that works itself. The address is `127.0.0.1:port`. */
export async function startTrino(options: TrinoOptions): Promise<Engine> {
  const { directory, report } = options;
  const home = await (await trinoDistribution()).provide(report);
  const [port = 0] = await freePorts(1);
  const etc = join(directory, "etc");
  await mkdir(join(etc, "catalog"), { recursive: true });
  const settings = {
    coordinator: "true",
    "node-scheduler.include-coordinator": "true",
    "http-server.http.port": String(port),
    "discovery.uri": `http://127.0.0.1:${port}`,
  };
  await writeFile(join(etc, "config.properties"), renderProperties(settings));
  for (const [name, properties] of Object.entries(catalogsOf(options))) {
    await writeFile(join(etc, "catalog", `${name}.properties`), renderProperties(properties), {
      mode: 0o600,
    });
  }
  const java = join(await javaHome({ minimum: 24, maximum: 99 }), "bin", "java");
  const jvm = [
    ...[
      `-Xmx${options.heap ?? "1g"}`,
      "-XX:+UseSerialGC",
      "-Duser.timezone=UTC",
      "-Djdk.attach.allowAttachSelf=true",
    ],
    ...["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"],
    "--add-modules=jdk.incubator.vector",
    ...[`-Dconfig=${join(etc, "config.properties")}`, `-Dcatalog.config-dir=${join(etc, "catalog")}`],
    ...["-Dnode.environment=test", `-Dnode.data-dir=${directory}`, `-Dplugin.dir=${join(home, "plugin")}`],
    "-Dlog.enable-console=true",
  ];
  const address = `127.0.0.1:${port}`;
  const { stop } = await startProgram({
    name: "Trino",
    command: [java, "-cp", `${home}/lib/*`, ...jvm, "io.trino.server.TrinoServer"],
    cwd: directory,
    logFile: join(directory, "trino.log"),
    deadlineSeconds: 300,
    isReady: async (log) => log.includes("SERVER STARTED") && (await answers(address)),
  });
  return { address, stop };
}

function catalogsOf({ lake, lakeProperties, catalogs }: TrinoOptions) {
  return { lake: { ...lakeCatalog(lake), ...lakeProperties }, ...catalogs };
}

/** The properties of a catalog over the lake, without a cache. */
export function lakeCatalog({ storage, catalog }: TrinoOptions["lake"]): Readonly<Record<string, string>> {
  return {
    "connector.name": "iceberg",
    "iceberg.catalog.type": "rest",
    "iceberg.rest-catalog.uri": catalog.uri,
    "fs.native-s3.enabled": "true",
    "s3.endpoint": storage.endpoint,
    "s3.region": storage.region,
    "s3.path-style-access": "true",
    "s3.aws-access-key": storage.accessKeyId,
    "s3.aws-secret-key": storage.secretAccessKey,
  };
}

/** Whether a query comes to its end: a server that has started may still know no node. */
async function answers(address: string): Promise<boolean> {
  const headers = { "X-Trino-User": "test" };
  const first = await fetch(`http://${address}/v1/statement`, { method: "POST", headers, body: ready });
  let page = (await first.json()) as { nextUri?: string; error?: unknown };
  while (page.nextUri !== undefined)
    page = (await (await fetch(page.nextUri, { headers })).json()) as typeof page;
  return page.error === undefined;
}
