/** Runs the Go tests that start, kill and stop a Kafka of their own around the collector as a process. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../local/command.ts";
import { checkoutFolder, javaHome, mavenArtifacts } from "../../local/images-artifacts.ts";

test("the collector keeps what it acknowledged, whoever dies", { timeout: 600_000 }, async () => {
  const jars = await (await mavenArtifacts("kafka")).provide(() => undefined);
  const home = await javaHome({ minimum: 17, maximum: 99 });
  const result = await runCommand(
    "go",
    ["test", "-tags", "integration", "-count=1", "-v", "./internal/integration"],
    {
      cwd: join(checkoutFolder, "go"),
      env: { KAFKA_CLASSPATH: `${jars}/*`, PATH: `${join(home, "bin")}:${process.env["PATH"] ?? ""}` },
    },
  );
  expect(result.exitCode, `${result.stdout}\n${result.tail}`).toBe(0);
});
