/** Runs the Go tests that start, kill and stop a Kafka of their own around the collector as a process, beside one with TLS and SASL. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCommand } from "../../local/support/command.ts";
import { checkoutFolder, javaHome, mavenArtifacts } from "../../local/images/artifacts.ts";
import { OPERATOR, startSecuredKafka, type SecuredKafka } from "./secured-kafka.ts";

let directory: string;
let secured: SecuredKafka;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-collector-"));
  secured = await startSecuredKafka(join(directory, "kafka"));
});

afterEach(async () => {
  await secured.stop();
  await rm(directory, { recursive: true, force: true });
});

test("the collector keeps what it acknowledged, whoever dies", { timeout: 600_000 }, async () => {
  const jars = await (await mavenArtifacts("kafka")).provide(() => undefined);
  const home = await javaHome({ minimum: 17, maximum: 99 });
  const result = await runCommand(
    "go",
    ["test", "-tags", "integration", "-count=1", "-v", "./internal/integration"],
    {
      cwd: join(checkoutFolder, "go"),
      env: {
        KAFKA_CLASSPATH: `${jars}/*`,
        PATH: `${join(home, "bin")}:${process.env["PATH"] ?? ""}`,
        SECURED_KAFKA: secured.address,
        SECURED_KAFKA_CA_FILE: secured.caFile,
        SECURED_KAFKA_USERNAME: OPERATOR.username,
        SECURED_KAFKA_PASSWORD: OPERATOR.password,
      },
    },
  );
  expect(result.exitCode, `${result.stdout}\n${result.tail}`).toBe(0);
});
