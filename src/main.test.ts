import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "../local/support/command.ts";

test("the operator ends with a message that names what is wrong in its environment", async () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const env = { HTTP_PORT: "eighty", KUBECONFIG: "/nonexistent" };
  const { exitCode, stdout } = await runCommand(process.execPath, [main], { env });
  expect(exitCode).toBe(1);
  const { level, msg, err } = JSON.parse(stdout) as { level: unknown; msg: string; err: { message: string } };
  expect({ level, msg }).toEqual({ level: "fatal", msg: "The operator cannot run" });
  expect(err.message).toContain("HTTP_PORT");
});
