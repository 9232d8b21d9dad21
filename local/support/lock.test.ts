import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock, type Lock } from "./lock.ts";

let folder: string;
let lock: Lock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  lock = { file: join(folder, "below", "lock"), purpose: "tests", waitSeconds: 30 };
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const silent = (): void => undefined;

/** A process that holds the lock until it is killed. */
async function startHolder(): Promise<ReturnType<typeof spawn>> {
  const script = `
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, "lock.ts"))};
    await withLock(${JSON.stringify(lock)}, () => {}, () => new Promise(() => {
      setInterval(() => {}, 1000);
      console.log("held");
    }));`;
  const holder = spawn("node", ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  return holder;
}

describe("withLock", () => {
  it("lets one action after the other run", async () => {
    const events: string[] = [];
    const action = (name: string) => async (): Promise<void> => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} ends`);
    };
    await Promise.all(["a", "b", "c"].map(async (name) => withLock(lock, silent, action(name))));
    const order = events.filter((event) => event.endsWith("begins")).map((event) => event.charAt(0));
    expect(order.toSorted()).toEqual(["a", "b", "c"]);
    expect(events).toEqual(order.flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it("is released when the action fails", async () => {
    await expect(withLock(lock, silent, async () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const messages: string[] = [];
    await withLock(
      lock,
      (message) => messages.push(message),
      async () => undefined,
    );
    expect(messages).toEqual([]);
  });

  it("is released when its holder is killed, to the one that waits", async () => {
    const holder = await startHolder();
    const messages: string[] = [];
    const report = (message: string): void => {
      messages.push(message);
      holder.kill("SIGKILL");
    };
    await expect(withLock(lock, report, async () => "ran")).resolves.toBe("ran");
    expect(messages).toEqual([`waiting for process ${holder.pid ?? 0}, which tests`]);
  });

  it("says who holds it, and gives up in the end", async () => {
    const holder = await startHolder();
    try {
      const waiting = withLock({ ...lock, waitSeconds: 0 }, silent, async () => "ran");
      await expect(waiting).rejects.toThrow(
        `process ${holder.pid ?? 0} has held "${lock.file}" for more than 0 s`,
      );
    } finally {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
  });
});
