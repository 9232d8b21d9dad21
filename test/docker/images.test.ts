/**
 * Docker builds every image, and containers of the collector, the operator and Kafka start and answer. The images start from
 * local bases (BASES=local), since no registry of images need be in reach. Where no engine can run, the tests say why and
 * are skipped.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { storeImages } from "../../local/images/build.ts";
import { imageNames } from "../../local/images/recipes.ts";
import { mustRun, runCommand } from "../../local/support/command.ts";
import { freePorts } from "../support/process.ts";
import { listLeftovers, reasonForNoEngine, startDockerEngine, type DockerEngine } from "./engine.ts";

const reason = reasonForNoEngine();
if (reason !== undefined) console.log(`Docker is not tested on this machine: ${reason}`);

/** Long, for a machine that does other things as well; every wait ends as soon as it can. */
const answerDeadline = { timeout: 180_000, interval: 250 };
const buildDeadline = 40 * 60_000;

let engine: DockerEngine;
let directory: string;
let references: ReadonlyMap<string, string>;

async function docker(...args: readonly string[]): Promise<string> {
  return mustRun("docker", args, { env: engine.environment });
}

interface Container {
  readonly image: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Files of this machine by their path in the container. */
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: readonly string[];
}

/** Starts a container in the network of this machine. */
async function start({ image, variables = {}, files = {}, options = [] }: Container): Promise<void> {
  await docker(
    ...["run", "--detach", "--name", image, "--network", "host", "--read-only", ...options],
    ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...Object.entries(files).flatMap(([path, file]) => ["--volume", `${file}:${path}:ro`]),
    references.get(image) ?? "",
  );
}

/** Waits until the check passes; the error shows the end of the container's log. */
async function waitFor(image: string, check: () => Promise<void>): Promise<void> {
  try {
    await vi.waitFor(check, answerDeadline);
  } catch (cause) {
    const { tail } = await runCommand("docker", ["logs", "--tail", "30", image], { env: engine.environment });
    throw new Error(`the container "${image}" did not answer; the end of its log:\n${tail}`, { cause });
  }
}

async function statusOf(url: string): Promise<number> {
  return (await fetch(url)).status;
}

describe.skipIf(reason !== undefined)("images that Docker built", () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "openclickstream-docker-"));
    engine = await startDockerEngine(console.log);
    for (const [name, value] of Object.entries(engine.environment)) vi.stubEnv(name, value);
    vi.stubEnv("BUILDER", "docker");
    vi.stubEnv("BASES", "local");
    references = await storeImages(imageNames, console.log);
  }, buildDeadline);

  afterAll(async () => {
    await engine.stop();
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true });
    expect(listLeftovers()).toEqual([]);
  }, 120_000);

  test.each(imageNames)("there is one of %s, whose user is not root", async (name) => {
    const user = await docker("image", "inspect", "--format", "{{.Config.User}}", references.get(name) ?? "");
    expect(user.trim()).toBe("65532:65532");
  });

  test("Kafka starts, and takes what the collector is sent", async () => {
    const [kafkaPort = 0, controllerPort = 0, port = 0, internalPort = 0] = await freePorts(4);
    const address = `127.0.0.1:${kafkaPort}`;
    const configuration = join(directory, "server.properties");
    await writeFile(configuration, kafkaProperties(address, `127.0.0.1:${controllerPort}`));
    await start({
      image: "kafka",
      variables: { KAFKA_CLUSTER_ID: "q1Sh-9_ISia_zwGINzRvyQ" },
      files: { "/etc/kafka/server.properties": configuration },
      options: ["--tmpfs", "/data:mode=1777", "--tmpfs", "/tmp:mode=1777"],
    });
    const topic = ["--bootstrap-server", address, "--topic", "web-raw"];
    await waitFor("kafka", async () => {
      expect(await docker("logs", "kafka")).toContain("Kafka Server started");
    });
    await docker("exec", "kafka", "kafka-topics", "--create", "--partitions", "1", ...topic);

    await start({
      image: "collector",
      variables: {
        LISTEN_ADDRESS: `127.0.0.1:${port}`,
        INTERNAL_ADDRESS: `127.0.0.1:${internalPort}`,
        KAFKA_BOOTSTRAP_SERVERS: address,
        KAFKA_TOPIC: "web-raw",
      },
    });
    await waitFor("collector", async () => {
      expect(await statusOf(`http://127.0.0.1:${internalPort}/readyz`)).toBe(200);
    });
    const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ event_id: randomUUID(), event_type: "page_view" }),
    });
    expect(answer.status).toBe(200);
    expect(await docker("exec", "kafka", "kafka-get-offsets", ...topic)).toContain("web-raw:0:1");
  }, 600_000);

  test("the operator starts and is healthy, also while its cluster is out of reach", async () => {
    const [port = 0, nowhere = 0] = await freePorts(2);
    const kubeconfig = join(directory, "kubeconfig");
    await writeFile(kubeconfig, kubeconfigOf(`http://127.0.0.1:${nowhere}`));
    await start({
      image: "operator",
      variables: {
        HTTP_PORT: String(port),
        KUBECONFIG: "/kubeconfig",
        ...Object.fromEntries(
          ["collector", "spark", "trino"].map((name) => [
            `${name.toUpperCase()}_IMAGE`,
            references.get(name) ?? "",
          ]),
        ),
      },
      files: { "/kubeconfig": kubeconfig },
    });
    await waitFor("operator", async () => {
      expect(await statusOf(`http://127.0.0.1:${port}/healthz`)).toBe(200);
    });
    expect(await statusOf(`http://127.0.0.1:${port}/readyz`)).toBe(503);
  }, 300_000);
});

function kafkaProperties(address: string, controller: string): string {
  return [
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@${controller}`,
    `listeners=PLAINTEXT://${address},CONTROLLER://${controller}`,
    "controller.listener.names=CONTROLLER",
    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs=/data/kafka",
    "",
  ].join("\n");
}

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server } }],
    users: [{ name: "test", user: {} }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
  });
}
