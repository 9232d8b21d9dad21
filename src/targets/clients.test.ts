import { describe, expect, it } from "vitest";
import type { PlatformState, PresentPlatform } from "../platform/platform.ts";
import { AIRFLOW_SPEC } from "../testing/airflow.ts";
import { PRESENT as WITHOUT_AIRFLOW, secretWith } from "../testing/systems.ts";
import { createSystemClients } from "./clients.ts";

const AIRFLOW_USER = secretWith({ username: "operator", password: "airflow-password" });
const PRESENT: PresentPlatform = {
  ...WITHOUT_AIRFLOW,
  spec: { ...WITHOUT_AIRFLOW.spec, airflow: AIRFLOW_SPEC },
  secrets: new Map([...WITHOUT_AIRFLOW.secrets, ["airflow", AIRFLOW_USER]]),
};

/** `PRESENT` with another password of the object store, or without any. */
function withKeys(secretAccessKey?: string): PlatformState {
  const secret =
    secretAccessKey === undefined ? undefined : secretWith({ accessKeyId: "id", secretAccessKey });
  return {
    ...PRESENT,
    secrets: new Map([["airflow", AIRFLOW_USER], ...(secret === undefined ? [] : [["s3", secret] as const])]),
  };
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
      airflow: () => client("airflow"),
      lineage: () => client("lineage"),
      hbase: () => client("hbase"),
    },
    () => time,
  );
  const all = (platform: PlatformState): readonly unknown[] => [
    clients.kafka(platform),
    clients.storage(platform),
    clients.catalog(platform),
    clients.airflow(platform),
  ];

  it("are kept while the settings stay the same", () => {
    expect(all(PRESENT)).toEqual(all(PRESENT));
    expect(made).toBe(4);
  });

  it("are replaced and closed when a password changes, and only those", () => {
    const before = all(PRESENT);
    const after = all(withKeys("new"));
    expect(after.map((one, nth) => one === before[nth])).toEqual([true, false, true, true]);
    expect(closed).toEqual(["storage-2"]);
  });

  it("are there for each system whose Secrets are", () => {
    expect(clients.kafka(withKeys())).toBe(clients.kafka(PRESENT));
    expect(() => clients.storage(withKeys())).toThrow('Secret "s3" does not exist');
    expect(() => clients.airflow(WITHOUT_AIRFLOW)).toThrow('DataPlatform "main" names no Airflow');
  });

  it("are closed when nobody asked for them for long", () => {
    time += 600_000;
    all({ ...PRESENT, key: { namespace: "shop", name: "other" } });
    expect(closed.slice(1)).toEqual(["kafka-1", "storage-5", "catalog-3", "airflow-4"]);
  });

  it("are all closed at the end", async () => {
    await clients.closeAll();
    expect(closed.slice(5)).toEqual(["kafka-6", "storage-7", "catalog-8", "airflow-9"]);
  });
});
