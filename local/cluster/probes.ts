/** Asks the cluster's parts how they are: the API server as its administrator, the others at their health checks. */
import { Resolver } from "node:dns/promises";
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { network, running, type Layout } from "./layout.ts";

const timeoutMilliseconds = 5000;

/** Body of a GET. Throws when the server is out of reach or answers with an error. */
export async function readApi(layout: Layout, path: string): Promise<string> {
  return callApi(layout, { method: "GET", path });
}

interface ApiCall {
  readonly method: "GET" | "PATCH";
  readonly path: string;
  /** A strategic merge patch. */
  readonly body?: unknown;
}

async function callApi(layout: Layout, { method, path, body: sent }: ApiCall): Promise<string> {
  const file = (name: string): Buffer => readFileSync(join(running.certificates, name));
  return new Promise((resolve, reject) => {
    const call = https.request(
      {
        host: "127.0.0.1",
        port: layout.apiPort,
        path,
        method,
        headers: { "content-type": "application/strategic-merge-patch+json" },
        ca: file("ca.crt"),
        cert: file("admin.crt"),
        key: file("admin.key"),
        timeout: timeoutMilliseconds,
        agent: false,
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) resolve(body);
          else
            reject(
              new Error(
                `the API server answered ${response.statusCode ?? 0} to ${path}: ${body.slice(0, 300)}`,
              ),
            );
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error(`the API server did not answer ${path} in time`)));
    call.on("error", reject);
    call.end(sent === undefined ? undefined : JSON.stringify(sent));
  });
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

interface ObjectList {
  readonly items: readonly { readonly metadata: { readonly namespace?: string; readonly name: string } }[];
}

/**
 * Takes back what kubelet said about the node and its pods before it ended. A reader right after a start would otherwise
 * take pods for ready that do not run yet; kubelet corrects each of them as soon as it knows.
 */
export async function forgetReadiness(layout: Layout): Promise<void> {
  const nodes = JSON.parse(await readApi(layout, "/api/v1/nodes")) as ObjectList;
  const pods = JSON.parse(
    await readApi(layout, "/api/v1/pods?fieldSelector=status.phase%3DRunning"),
  ) as ObjectList;
  const unready = (path: string, [status, ...types]: readonly string[]): Promise<string> =>
    callApi(layout, {
      method: "PATCH",
      path: `${path}/status`,
      body: { status: { conditions: types.map((type) => ({ type, status, reason: "KubeletStarting" })) } },
    });
  await Promise.all([
    ...nodes.items.map(({ metadata }) => unready(`/api/v1/nodes/${metadata.name}`, ["Unknown", "Ready"])),
    ...pods.items.map(({ metadata: { namespace, name } }) =>
      unready(`/api/v1/namespaces/${namespace ?? ""}/pods/${name}`, ["False", "Ready", "ContainersReady"]),
    ),
  ]);
}

const workloads = ["deployments", "statefulsets", "daemonsets"].map((plural) => `/apis/apps/v1/${plural}`);
const jobs = ["jobs", "cronjobs"].map((plural) => `/apis/batch/v1/${plural}`);

/** The text of all pods and of all objects that make pods. */
export async function readPodSources(layout: Layout): Promise<string> {
  const texts = await Promise.all(
    ["/api/v1/pods", ...workloads, ...jobs].map((path) => readApi(layout, path)),
  );
  return texts.join("\n");
}

interface StatusOfObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** Whether an object has a condition with status "True"; throws what the condition says when it has not. */
export async function hasCondition(layout: Layout, path: string, type: string): Promise<boolean> {
  const object = JSON.parse(await readApi(layout, path)) as StatusOfObject;
  const found = object.status?.conditions?.find((candidate) => candidate.type === type);
  if (found?.status !== "True") throw new Error(found?.message ?? `there is no condition ${type} yet`);
  return true;
}

/** Whether the cluster's DNS tells the address of the API server, as a pod would ask it. */
export async function resolvesNames(): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([network.dnsAddress]);
  const addresses = await resolver.resolve4(`kubernetes.default.svc.${network.domain}`);
  return addresses.includes(network.apiServiceAddress);
}

/** Whether something listens on a socket. */
export async function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => {
      resolve(false);
    });
  });
}

/** Whether a health check on loopback answers 200. The parts sign their own certificates there, so none is checked. */
export async function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMilliseconds, agent: false, rejectUnauthorized: false };
    const call = (url.startsWith("https:") ? https : http).get(url, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => {
      resolve(false);
    });
  });
}
