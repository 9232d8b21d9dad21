import { mkdtempSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock, type Lock } from "./lock.ts";
import { identify } from "../cluster/process.ts";

let folder: string;
let lock: Lock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  lock = { file: join(folder, "lock"), purpose: "tests", waitSeconds: 5 };
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const silent = (): void => undefined;

describe("withLock", () => {
  it("lets one action after the other run", async () => {
    const events: string[] = [];
    const action = (name: string) => async (): Promise<void> => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} ends`);
    };
    await Promise.all(["a", "b"].map(async (name) => withLock(lock, silent, action(name))));
    expect(events).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("is released when the action fails", async () => {
    await expect(withLock(lock, silent, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(lock.file)).toBe(false);
  });

  it("is taken over from a holder that died, also when its number is in use again", async () => {
    const own = identify(process.pid);
    writeFileSync(lock.file, JSON.stringify({ ...own, startTime: "1" }));
    await expect(withLock(lock, silent, async () => "ran")).resolves.toBe("ran");
  });

  it("says who holds it, and gives up in the end", async () => {
    writeFileSync(lock.file, JSON.stringify(identify(process.pid)));
    const messages: string[] = [];
    const waiting = withLock(
      { ...lock, waitSeconds: 0 },
      (message) => messages.push(message),
      async () => "ran",
    );
    await expect(waiting).rejects.toThrow(`process ${process.pid} has held`);
    expect(messages).toContain(`waiting for process ${process.pid}, which tests`);
  });
});
