/**
 * A real Kubernetes API server with its etcd as plain processes for integration tests. Nothing else of a cluster is there:
 * no controllers (nothing collects garbage, finishes a namespace's deletion or makes pods) and no nodes.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { buildPrograms } from "../../local/cluster/programs.ts";
import { freePorts, startProgram, type Engine } from "./process.ts";

/** How to reach the API server as its administrator. */
export interface ApiServerAccess {
  /** `https://127.0.0.1:port`. */
  readonly url: string;
  /** Path of a kubeconfig that holds all of this. */
  readonly kubeconfig: string;
  /** Bearer token of a member of system:masters. */
  readonly token: string;
  /** Certificate authority, PEM. */
  readonly certificateAuthority: string;
}

export interface ApiServer extends Engine, ApiServerAccess {}

export interface ApiServerOptions {
  /** An empty folder, or one of an earlier start: objects persist in it. */
  readonly directory: string;
  readonly report?: (message: string) => void;
  /** Port to listen on instead of a free one. */
  readonly port?: number;
}

const deadlineSeconds = 180;

/** Starts etcd, then the API server, and waits until it answers `/readyz`. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { programs } = await buildPrograms(options.report ?? ((): undefined => undefined));
  await mkdir(options.directory, { recursive: true });
  const [freePort = 0, etcdPort = 0, etcdPeerPort = 0] = await freePorts(3);
  const port = options.port ?? freePort;
  const etcd = await startEtcd(programs, {
    directory: options.directory,
    port: etcdPort,
    peerPort: etcdPeerPort,
  });
  try {
    const server = await startServer(programs, { directory: options.directory, port, etcdPort });
    const stop = async (): Promise<void> => {
      await server.stop();
      await etcd.stop();
    };
    return { ...server, stop };
  } catch (error) {
    await etcd.stop();
    throw error;
  }
}

async function startEtcd(
  programs: string,
  options: { readonly directory: string; readonly port: number; readonly peerPort: number },
): Promise<Pick<Engine, "stop">> {
  const clients = `http://127.0.0.1:${options.port}`;
  const peers = `http://127.0.0.1:${options.peerPort}`;
  return startProgram({
    name: "etcd",
    command: [
      join(programs, "etcd"),
      `--data-dir=${join(options.directory, "etcd")}`,
      `--listen-client-urls=${clients}`,
      `--advertise-client-urls=${clients}`,
      `--listen-peer-urls=${peers}`,
      "--unsafe-no-fsync",
      "--log-level=warn",
    ],
    logFile: join(options.directory, "etcd.log"),
    deadlineSeconds: 60,
    isReady: async () => (await fetch(`${clients}/health`)).ok,
  });
}

async function startServer(
  programs: string,
  options: { readonly directory: string; readonly port: number; readonly etcdPort: number },
): Promise<ApiServer> {
  const { directory, port } = options;
  const url = `https://127.0.0.1:${port}`;
  const token = await writeToken(directory);
  const certificates = join(directory, "certificates");
  const key = await writeServiceAccountKey(directory);
  const readAuthority = async (): Promise<string> => readFile(join(certificates, "apiserver.crt"), "utf8");
  const { stop } = await startProgram({
    name: "kube-apiserver",
    command: [
      join(programs, "kube-apiserver"),
      "--bind-address=127.0.0.1",
      "--advertise-address=127.0.0.1",
      "--endpoint-reconciler-type=none",
      `--secure-port=${port}`,
      `--etcd-servers=http://127.0.0.1:${options.etcdPort}`,
      `--cert-dir=${certificates}`,
      `--token-auth-file=${join(directory, "tokens.csv")}`,
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.96.0.0/16",
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-account-key-file=${key}`,
      `--service-account-signing-key-file=${key}`,
      // Its controller, which would make the service account of every namespace, is not there.
      "--disable-admission-plugins=ServiceAccount",
      "--profiling=false",
    ],
    logFile: join(directory, "kube-apiserver.log"),
    deadlineSeconds,
    isReady: async () => isReady({ port, token, authority: await readAuthority() }),
  });
  const access = { url, token, certificateAuthority: await readAuthority() };
  const kubeconfig = join(directory, "kubeconfig");
  await writeFile(kubeconfig, renderKubeconfig(access), { mode: 0o600 });
  return { address: url, ...access, kubeconfig, stop };
}

async function writeToken(directory: string): Promise<string> {
  const token = randomBytes(24).toString("hex");
  await writeFile(join(directory, "tokens.csv"), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  return token;
}

async function writeServiceAccountKey(directory: string): Promise<string> {
  const path = join(directory, "service-accounts.key");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await writeFile(path, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  return path;
}

async function isReady(server: {
  readonly port: number;
  readonly token: string;
  readonly authority: string;
}): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: server.port,
      path: "/readyz",
      ca: server.authority,
      headers: { authorization: `Bearer ${server.token}` },
      timeout: 2000,
      agent: false,
    };
    const call = request(options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy(new Error("no answer")));
    call.on("error", reject);
    call.end();
  });
}

function renderKubeconfig(access: Omit<ApiServerAccess, "kubeconfig">): string {
  const name = "integration-tests";
  const authority = Buffer.from(access.certificateAuthority).toString("base64");
  const cluster = { server: access.url, "certificate-authority-data": authority };
  return JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": name,
      clusters: [{ name, cluster }],
      users: [{ name, user: { token: access.token } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    },
    null,
    2,
  );
}
