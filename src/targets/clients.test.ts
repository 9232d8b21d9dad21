import { describe, expect, it } from "vitest";
import type { PlatformState } from "../platform/platform.ts";
import { PRESENT, secretWith } from "../testing/systems.ts";
import { createSystemClients } from "./clients.ts";

/** `PRESENT` with another password of the object store, or without any. */
function withKeys(secretAccessKey?: string): PlatformState {
  const secret =
    secretAccessKey === undefined ? undefined : secretWith({ accessKeyId: "id", secretAccessKey });
  return { ...PRESENT, secrets: new Map(secret === undefined ? [] : [["s3", secret]]) };
}

describe("connections", () => {
  const closed: string[] = [];
  let made = 0;
  let time = 0;
  const client = (name: string): never => {
    made += 1;
    const label = `${name}-${made}`;
    return { label, close: () => void closed.push(label) } as never;
  };
  const clients = createSystemClients(
    {
      kafka: () => client("kafka"),
      storage: () => client("storage"),
      catalog: () => client("catalog"),
    },
    () => time,
  );
  const all = (platform: PlatformState): readonly unknown[] => [
    clients.kafka(platform),
    clients.storage(platform),
    clients.catalog(platform),
  ];

  it("are kept while the settings stay the same", () => {
    expect(all(PRESENT)).toEqual(all(PRESENT));
    expect(made).toBe(3);
  });

  it("are replaced and closed when a password changes, and only those", () => {
    const before = all(PRESENT);
    const after = all(withKeys("new"));
    expect(after.map((one, nth) => one === before[nth])).toEqual([true, false, true]);
    expect(closed).toEqual(["storage-2"]);
  });

  it("are there for each system whose Secrets are", () => {
    expect(clients.kafka(withKeys())).toBe(clients.kafka(PRESENT));
    expect(() => clients.storage(withKeys())).toThrow('Secret "s3" does not exist');
  });

  it("are closed when nobody asked for them for long", () => {
    time += 600_000;
    all({ ...PRESENT, key: { namespace: "shop", name: "other" } });
    expect(closed.slice(1)).toEqual(["kafka-1", "storage-4", "catalog-3"]);
  });

  it("are all closed at the end", async () => {
    await clients.closeAll();
    expect(closed.slice(4)).toEqual(["kafka-5", "storage-6", "catalog-7"]);
  });
});
