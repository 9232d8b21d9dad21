/** Folders that several artifacts are put together into: Debian, PostgreSQL, Java runtimes, Trino, Spark and its programs, the operator. */
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyDependencies, javaHome, mavenArtifacts, type Artifact, type JavaVersions } from "./artifacts.ts";
import { mustRun } from "../support/command.ts";
import { cached, hashOf, hashOfPath } from "../support/cache.ts";
import { addCheckedPages, checkedPagesKey } from "./checked-pages.ts";
import { unpackDebianPackages } from "./debian-packages.ts";
import { isBuilt, packageModules } from "./java-modules.ts";
import { checkoutFolder } from "../support/checkout.ts";
import { retried } from "../support/retry.ts";

const debianSuite = "bookworm";
const debianPackages = ["ca-certificates", "tzdata"];
/** PostgreSQL, and what its programs need that no base image has. Compiling queries (LLVM) is left out with all that it needs. */
const postgresqlPackages = {
  names: [
    ...[
      "postgresql-15",
      "postgresql-client-15",
      "libpq5",
      "libicu72",
      "libxml2",
      "libldap-2.5-0",
      "libsasl2-2",
    ],
    ...["libgssapi-krb5-2", "libkrb5-3", "libk5crypto3", "libkrb5support0", "libkeyutils1", "libcom-err2"],
    ...["libreadline8", "libssl3"],
  ],
  leftOut: [
    ...["etc", "var", "usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/lintian"],
    ...["usr/lib/postgresql/15/lib/bitcode", "usr/lib/postgresql/15/lib/llvmjit.so"],
  ],
};
const debianLeftOut = [
  ...["./dev/*", "./proc/*", "./sys/*", "./var/cache/*", "./var/lib/apt/lists/*", "./var/log/*"],
  ...["./usr/share/doc/*", "./usr/share/info/*", "./usr/share/locale/*", "./usr/share/man/*"],
];

/** What server programs use of the JDK. Without the compiler, the desktop tools and the linker. */
const javaModules = [
  ...["java.se", "jdk.attach", "jdk.charsets", "jdk.crypto.cryptoki", "jdk.crypto.ec", "jdk.httpserver"],
  ...[
    "jdk.incubator.vector",
    "jdk.jcmd",
    "jdk.jfr",
    "jdk.localedata",
    "jdk.management",
    "jdk.management.agent",
  ],
  ...["jdk.management.jfr", "jdk.naming.dns", "jdk.net", "jdk.nio.mapmode", "jdk.security.auth"],
  ...["jdk.security.jgss", "jdk.unsupported", "jdk.zipfs"],
];

/** Parts of Trino that a lake of events does not use, or that are larger than all the rest. */
const trinoLeftOut = [
  "bin",
  "plugin/exchange-filesystem",
  "plugin/functions-python",
  "plugin/spooling-filesystem",
];
const trinoJarsLeftOut = /^net\.snowflake_snowflake-jdbc-/;

/** The programs that run on Spark, each in a jar of its name. */
const sparkPrograms = ["stream-job", "batch-job"];

/** A minimal Debian as `rootfs.tar`, by debootstrap from the mirror that apt uses. */
export async function debianRoot(): Promise<Artifact> {
  const key = `${debianSuite}-${hashOf({ packages: debianPackages.join(), leftOut: debianLeftOut.join() })}`;
  return {
    key,
    provide: async (report) => {
      const directory = await cached({ thing: "debian", key }, async (building) => {
        report(`putting together a minimal Debian (${debianSuite})`);
        const root = join(building, "root");
        const mirror = await debianMirror();
        const include = `--include=${debianPackages.join()}`;
        await retried(report, async () => {
          await rm(root, { recursive: true, force: true });
          await mustRun("debootstrap", ["--variant=minbase", include, debianSuite, root, ...mirror]);
        });
        const excludes = debianLeftOut.map((pattern) => `--exclude=${pattern}`);
        const file = join(building, "rootfs.tar");
        await mustRun("tar", ["--numeric-owner", "--sort=name", ...excludes, "-C", root, "-cf", file, "."]);
        await rm(root, { recursive: true, force: true });
      });
      return join(directory, "rootfs.tar");
    },
  };
}

/** The first mirror of apt's sources; empty when there is none, and debootstrap takes its own. */
async function debianMirror(): Promise<string[]> {
  const format = [
    "indextargets",
    "--format",
    "$(REPO_URI)",
    "Created-By: Packages",
    `Codename: ${debianSuite}`,
  ];
  const [first = ""] = (await mustRun("apt-get", format)).split("\n");
  return first === "" ? [] : [first];
}

/** Debian's PostgreSQL, unpacked: a folder whose `usr` goes over that of a Debian. The programs run from where it lies, too. */
export async function postgresqlDistribution(): Promise<Artifact> {
  const key = `${debianSuite}-${hashOf({ packages: postgresqlPackages.names.join(), leftOut: postgresqlPackages.leftOut.join() })}`;
  return {
    key,
    provide: async (report) =>
      cached({ thing: "postgresql", key }, async (building) => {
        report("fetching PostgreSQL from Debian");
        await unpackDebianPackages(postgresqlPackages, building, report);
      }),
  };
}

/** A Java runtime linked from the machine's JDK. */
export async function javaRuntime(versions: JavaVersions): Promise<Artifact> {
  const home = await javaHome(versions);
  const key = hashOf({ release: await hashOfPath(join(home, "release")), modules: javaModules.join() });
  return {
    key,
    provide: async (report) => {
      const directory = await cached({ thing: "java-runtime", key }, async (building) => {
        report(`linking a Java runtime from the JDK of version ${versions.minimum}`);
        const runtime = join(building, "runtime");
        const options = ["--no-man-pages", "--no-header-files", "--strip-java-debug-attributes"];
        const jlink = join(home, "bin", "jlink");
        await mustRun(jlink, ["--add-modules", javaModules.join(), ...options, "--output", runtime]);
        // An archive of loaded classes: every start is some tenths of a second faster.
        await mustRun(join(runtime, "bin", "java"), ["-Xshare:dump"]);
      });
      return join(directory, "runtime");
    },
  };
}

/** Trino's server with the plugins of `images/trino/pom.xml` in their places. */
export async function trinoDistribution(): Promise<Artifact> {
  const artifacts = await mavenArtifacts("trino");
  const key = hashOf({
    artifacts: artifacts.key,
    leftOut: [...trinoLeftOut, trinoJarsLeftOut.source].join(),
    checkedPages: await checkedPagesKey(),
  });
  return {
    key,
    provide: async (report) => {
      const directory = await cached({ thing: "trino", key }, async (building) => {
        const source = await artifacts.provide(report);
        report("putting together Trino and its plugins");
        await unpackTrino(source, building);
      });
      return join(directory, "trino");
    },
  };
}

async function unpackTrino(source: string, building: string): Promise<void> {
  const trino = join(building, "trino");
  await mkdir(trino);
  const jar = join(await javaHome({ minimum: 17, maximum: 99 }), "bin", "jar");
  const files = await readdir(source);
  const server = files.find((file) => file.endsWith(".tar.gz")) ?? "";
  await mustRun("tar", [
    "--strip-components=1",
    "--no-same-owner",
    "-xzf",
    join(source, server),
    "-C",
    trino,
  ]);
  for (const file of files.filter((name) => name.endsWith(".zip"))) {
    await mustRun(jar, ["-xf", join(source, file)], { cwd: building });
    const plugin = /^trino-(.*)-\d+\.zip$/.exec(file)?.[1] ?? file;
    await rename(join(building, file.replace(/\.zip$/, "")), join(trino, "plugin", plugin));
  }
  for (const path of trinoLeftOut) await rm(join(trino, path), { recursive: true });
  for (const entry of await readdir(join(trino, "plugin"), { recursive: true, withFileTypes: true })) {
    if (trinoJarsLeftOut.test(entry.name)) await rm(join(entry.parentPath, entry.name));
  }
  await addCheckedPages(join(trino, "plugin", "iceberg"));
}

/** What drivers and executors run with: the jars that `java/spark-distribution/pom.xml` lists, programs, configuration. */
export async function sparkDistribution(): Promise<Artifact> {
  const java = join(checkoutFolder, "java");
  const pom = join(java, "pom.xml");
  const sources = join(java, "spark-distribution");
  const key = hashOf({ pom: await hashOfPath(pom), distribution: await hashOfPath(sources, isBuilt) });
  return {
    key,
    provide: async (report) =>
      cached({ thing: "spark", key }, async (building) => {
        report("fetching Spark's jars through Maven");
        const project = { pom, options: ["-pl", "spark-distribution"] };
        await copyDependencies(project, join(building, "jars"), report);
        for (const folder of ["bin", "conf"]) {
          await cp(join(sources, folder), join(building, folder), { recursive: true });
        }
        const version = /<spark\.version>(.*)<\/spark\.version>/.exec(await readFile(pom, "utf8"))?.[1] ?? "";
        // Spark's own version file, which its launcher and the Kubernetes backend look for.
        await writeFile(join(building, "RELEASE"), `Spark ${version}\n`);
      }),
  };
}

/** The program with which Spark is run once while its image is built. */
export async function sparkTraining(): Promise<Artifact> {
  const java = join(checkoutFolder, "java");
  const name = "spark-training";
  const folders = ["pom.xml", "spark-distribution/pom.xml", name].map((path) => join(java, path));
  const key = hashOf({
    sources: (await Promise.all(folders.map(async (path) => hashOfPath(path, isBuilt)))).join(),
  });
  return {
    key,
    provide: async (report) =>
      cached({ thing: name, key }, async (building) => {
        report("building the training of Spark with Maven");
        await packageModules({ names: [name] }, report, async (built) =>
          cp(join(built, `${name}/target/${name}.jar`), join(building, `${name}.jar`)),
        );
      }),
  };
}

/** The jars of stream job and batch job. */
export async function sparkJobs(): Promise<Artifact> {
  const isLeftOut = (name: string): boolean => isBuilt(name) || ["test", "testing", "bench"].includes(name);
  const key = hashOf({ java: await hashOfPath(join(checkoutFolder, "java"), isLeftOut) });
  return {
    key,
    provide: async (report) =>
      cached({ thing: "spark-jobs", key }, async (building) => {
        report("building stream job and batch job with Maven");
        await packageModules({ names: sparkPrograms }, report, async (java) => {
          for (const name of sparkPrograms)
            await cp(join(java, `${name}/target/${name}.jar`), join(building, `${name}.jar`));
        });
      }),
  };
}

/** The operator as one file, `operator.mjs` with its source map, bundled from `src/`. */
export async function operatorBundle(): Promise<Artifact> {
  const isTest = (name: string): boolean =>
    name.endsWith(".test.ts") || ["testdata", "testing"].includes(name);
  const key = hashOf({
    source: await hashOfPath(join(checkoutFolder, "src"), isTest),
    lock: await hashOfPath(join(checkoutFolder, "package-lock.json")),
    scripts: await hashOfPath(join(checkoutFolder, "package.json")),
  });
  return {
    key,
    provide: async (report) =>
      cached({ thing: "operator", key }, async (building) => {
        report("bundling the operator");
        await mustRun("npm", ["run", "--silent", "bundle"], { cwd: checkoutFolder });
        await cp(join(checkoutFolder, "dist"), building, { recursive: true });
      }),
  };
}

/** The Node.js 24 program that npm's `node` package brings. */
export async function nodeBinary(): Promise<Artifact> {
  const path = join(checkoutFolder, "node_modules", "node", "bin", "node");
  const manifest = join(checkoutFolder, "node_modules", "node", "package.json");
  return { key: await hashOfPath(manifest), provide: async () => path };
}
