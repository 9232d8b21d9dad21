import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the operator ends with a message that names what is wrong in its environment", () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const env = { ...process.env, HTTP_PORT: "eighty" };
  const { status, stdout } = spawnSync(process.execPath, [main], { env, encoding: "utf8" });
  expect(status).toBe(1);
  const { level, msg, err } = JSON.parse(stdout) as { level: string; msg: string; err: { message: string } };
  expect({ level, msg }).toEqual({ level: "fatal", msg: "The operator cannot run" });
  expect(err.message).toContain("HTTP_PORT");
});
