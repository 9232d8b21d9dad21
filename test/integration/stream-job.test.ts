/** Runs the stream job's own integration tests (Java) against the engines of this test run. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { javaHome } from "../../local/images/artifacts.ts";
import { OPERATOR, startSecuredKafka, type SecuredKafka } from "./secured-kafka.ts";

const root = join(import.meta.dirname, "..", "..");
const accessLog = join(root, "..", "shared", "data", "access.log");
const tailLines = 80;
const minutes = 60_000;

let directory: string;
let secured: SecuredKafka | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-stream-job-"));
});

afterEach(async () => {
  await secured?.stop();
  await rm(directory, { recursive: true, force: true });
});

async function startSecured(): Promise<unknown> {
  secured = await startSecuredKafka(join(directory, "kafka"));
  return { bootstrapServers: [secured.address], caFile: secured.caFile, ...OPERATOR };
}

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

async function runMaven(args: readonly string[]): Promise<Outcome> {
  const env = { ...process.env, JAVA_HOME: await javaHome({ minimum: 17, maximum: 17 }) };
  const child = spawn("mvn", args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}

describe("the stream job", () => {
  test(
    "accounts for every record on real engines, whatever is killed, forgotten or lost",
    async () => {
      expect(existsSync(accessLog), `an access log at ${accessLog}`).toBe(true);
      const engines = join(directory, "engines.json");
      await writeFile(engines, JSON.stringify({ ...inject("engines"), securedKafka: await startSecured() }));
      const properties = [`-Dengines=${engines}`, `-Daccess.log=${accessLog}`];
      const goals = ["-q", "-B", "-f", "java", "-pl", "stream-job", "-am", "verify", "-Pengines"];
      const { code, output } = await runMaven([...goals, ...properties]);
      expect(code, output.trimEnd().split("\n").slice(-tailLines).join("\n")).toBe(0);
    },
    20 * minutes,
  );
});
