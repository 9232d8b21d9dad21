import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts, startProgram } from "./process.ts";

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-process-"));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

test("an engine that ends at once fails with the end of its log", async () => {
  const program = {
    name: "broken",
    command: ["sh", "-c", "echo the disk is full >&2; exit 3"],
    logFile: join(directory, "broken.log"),
    deadlineSeconds: 20,
    isReady: async () => false,
  };
  await expect(startProgram(program)).rejects.toThrow(/broken: ended with exit code 3[^]*the disk is full/);
});

test("an engine that does not become ready is stopped and fails with its log", async () => {
  const program = {
    name: "slow",
    command: ["sh", "-c", "echo waiting for a quorum; exec sleep 600"],
    logFile: join(directory, "slow.log"),
    deadlineSeconds: 0.5,
    isReady: async () => false,
  };
  await expect(startProgram(program)).rejects.toThrow(
    /not within 500 ms: slow: not ready[^]*waiting for a quorum/,
  );
});

test("a free port is given once, however often is asked", async () => {
  const given: number[] = [];
  for (let round = 0; round < 1000; round++) given.push(...(await freePorts(2)));
  expect(new Set(given).size).toBe(2000);
});
