import { describe, expect, test, vi } from "vitest";
import { retried } from "./retry.ts";

describe("a fetch", () => {
  test("is tried again when the registry was in trouble", async () => {
    const action = vi.fn(async () => "fetched");
    action.mockRejectedValueOnce(new Error("Could not transfer artifact a:b:1: Connection reset"));
    const report = vi.fn();
    expect(await retried(report, action, 0)).toBe("fetched");
    expect(report).toHaveBeenCalledWith("the registry was in trouble, trying again (attempt 2 of 3)");
  });

  test("that fails for another reason fails at once", async () => {
    const action = vi.fn(async () => Promise.reject(new Error("COMPILATION ERROR: cannot find symbol")));
    await expect(retried(() => undefined, action, 0)).rejects.toThrow("cannot find symbol");
    expect(action).toHaveBeenCalledTimes(1);
  });

  test("that fails three times fails with the registry's message", async () => {
    const action = vi.fn(async () => Promise.reject(new Error("dial tcp: i/o timeout")));
    await expect(retried(() => undefined, action, 0)).rejects.toThrow("i/o timeout");
    expect(action).toHaveBeenCalledTimes(3);
  });
});
