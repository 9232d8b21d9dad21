import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fingerprintOf, identify, isAlive, parseProcessStat, stopProcesses, type Part } from "./process.ts";
import { spawn } from "node:child_process";
import { once } from "node:events";

describe("parseProcessStat", () => {
  it("finds state and start time after a name with blanks and brackets", () => {
    const fields = ["S", ...Array.from({ length: 18 }, (_, index) => String(index)), "987654", "0", "0"];
    expect(parseProcessStat(`12 (a) b (c)) ${fields.join(" ")}\n`)).toEqual({
      state: "S",
      parent: 0,
      startTime: "987654",
    });
  });

  it("reads what the kernel really writes", () => {
    const { state, startTime } = parseProcessStat(readFileSync("/proc/self/stat", "utf8"));
    expect(state).toBe("R");
    expect(Number(startTime)).toBeGreaterThan(0);
  });
});

describe("isAlive", () => {
  const own = identify(process.pid);

  it("knows this process", () => {
    expect(own !== undefined && isAlive(own)).toBe(true);
  });

  it("does not take another process with the same number for it", () => {
    expect(own !== undefined && isAlive({ ...own, startTime: "1" })).toBe(false);
    expect(own !== undefined && isAlive({ ...own, bootId: "of another boot" })).toBe(false);
  });

  it("knows no process of a number that is not in use", () => {
    expect(identify(2 ** 22 + 1)).toBeUndefined();
  });
});

describe("stopProcesses", () => {
  it("ends a process that listens to the first signal", async () => {
    const child = spawn("sleep", ["60"]);
    const identity = identify(child.pid ?? 0);
    await stopProcesses(identity === undefined ? [] : [identity], 10);
    expect(identity !== undefined && isAlive(identity)).toBe(false);
    expect(child.signalCode ?? (await once(child, "exit"))[1]).toBe("SIGTERM");
  });

  it("kills a process that does not", async () => {
    const child = spawn("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"]);
    await once(child.stdout, "data");
    const identity = identify(child.pid ?? 0);
    await stopProcesses(identity === undefined ? [] : [identity], 0.2);
    expect(child.signalCode ?? (await once(child, "exit"))[1]).toBe("SIGKILL");
  });
});

describe("fingerprintOf", () => {
  const part: Part = {
    name: "part",
    program: "/a/program",
    args: ["--x=1"],
    configuration: "text",
    isReady: async () => true,
    timeoutSeconds: 1,
  };

  it("changes with program, arguments and configuration, and with nothing else", () => {
    const changed = [
      { ...part, program: "/b/program" },
      { ...part, args: ["--x=2"] },
      { ...part, args: ["--x=1", ""] },
      { ...part, configuration: "other" },
    ];
    expect(new Set([part, ...changed].map(fingerprintOf)).size).toBe(changed.length + 1);
    expect(fingerprintOf({ ...part, timeoutSeconds: 2 })).toBe(fingerprintOf(part));
  });
});
