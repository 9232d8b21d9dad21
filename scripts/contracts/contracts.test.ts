import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { batchResult } from "../../src/generated/batch-result.ts";
import type { BatchDocument } from "../../src/generated/batch.ts";
import { upkeepResult } from "../../src/generated/upkeep-result.ts";
import type { UpkeepDocument } from "../../src/generated/upkeep.ts";
import { parseCollector } from "./collector.ts";
import { parseConnections } from "./connections.ts";
import { parseEndpoints } from "./endpoints.ts";
import { parseRawRecord, rawRecordFiles } from "./raw-record.ts";
import { parseShape, schemaModule, typeModule } from "./shape.ts";
import { goShape } from "./shape-go.ts";
import { javaShape } from "./shape-java.ts";

async function contract(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, `../../contracts/${name}.yaml`), "utf8");
}

describe("a new word in a contract", () => {
  it("becomes a constant of Go and one of Java", async () => {
    const yaml = await contract("raw-record");
    const header = "headers:\n  - { name: request_id, doc: Identifier of the request. }\n";
    const files = new Map(rawRecordFiles(parseRawRecord(yaml.replace("headers:\n", header))));
    expect(files.get("go/internal/contract/raw_record.go")).toContain(`HeaderRequestID = "request_id"`);
    const java = [...files].find(([path]) => path.endsWith("/RecordHeaders.java"))?.[1];
    expect(java).toContain(`public static final String REQUEST_ID = "request_id";`);
  });

  it("becomes a field wherever a document is written or read", () => {
    const shape = parseShape("job", "title: T\nfields: { lagSeconds: { type: whole, minimum: 1, doc: D. } }");
    expect(typeModule("Job", shape)).toContain("readonly lagSeconds: number;");
    expect(schemaModule("job", shape)).toContain("lagSeconds: z.int().min(1),");
    expect(goShape("job", "Job", shape)[1]).toContain('LagSeconds int64 `json:"lagSeconds"`');
    expect(javaShape("job", { name: "Job", isRead: true }, shape)[1]).toContain(
      `node.positive("lagSeconds")`,
    );
  });
});

describe("a contract with a mistake is refused by file and field:", () => {
  it("a member that a field of this type does not have", () => {
    const yaml = "title: T\nfields: { a: { type: flag, doc: D., minimum: 1 } }";
    expect(() => parseShape("job", yaml)).toThrow(/contracts\/job\.yaml: .*type flag has no minimum/s);
  });

  it("an object without fields", () => {
    const yaml = "title: T\nfields: { a: { type: object, doc: D. } }";
    expect(() => parseShape("job", yaml)).toThrow(/type object must have fields/);
  });

  it("a default out of its bounds", async () => {
    const yaml = (await contract("collector")).replace("default: 4096", "default: 0");
    expect(() => parseCollector(yaml)).toThrow(
      "contracts/collector.yaml: the default of MAX_CONNECTIONS must be from 1 to 1048576",
    );
  });

  it("a header in another form", async () => {
    const yaml = (await contract("raw-record")).replace("name: record_id", "name: Record-Id");
    expect(() => parseRawRecord(yaml)).toThrow(/contracts\/raw-record\.yaml: .*headers\[0\]\.name/s);
  });
});

describe("two contracts say the same where both know something:", () => {
  it("the collector listens at the ports of its pods, also where nobody tells it", async () => {
    const { ports } = parseEndpoints(await contract("endpoints"));
    const { variables } = parseCollector(await contract("collector"));
    const defaultOf = (wanted: string) => variables.find(({ name }) => name === wanted)?.default;
    expect(defaultOf("LISTEN_ADDRESS")).toBe(`:${ports.collector.http?.port}`);
    expect(defaultOf("INTERNAL_ADDRESS")).toBe(`:${ports.collector.internal?.port}`);
  });

  it("the collector's secrets are the variables that the operator sets", async () => {
    const { kafkaUsername, kafkaPassword } = parseConnections(await contract("connections")).variables;
    const { variables } = parseCollector(await contract("collector"));
    const secrets = variables.filter((variable) => variable.type === "text" && variable.secret === true);
    expect(secrets.map(({ name }) => name)).toEqual([kafkaUsername?.name, kafkaPassword?.name]);
  });
});

describe("the batch job and the operator understand each other:", () => {
  const lake = {
    catalog: { name: "lake", uri: "http://catalog" },
    storage: { region: "us-east-1" },
  };

  it("what the job says of a run is read whole", async () => {
    const vectors = join(import.meta.dirname, "../../contracts/vectors/batch-result.json");
    const results = JSON.parse(await readFile(vectors, "utf8")) as Record<string, unknown>;
    for (const result of Object.values(results)) expect(batchResult.parse(result)).toEqual(result);
  });

  it("what it says of upkeep is read", () => {
    expect(upkeepResult.parse({ seconds: 1.5, message: "no catalog" })).toMatchObject({ seconds: 1.5 });
    expect(() => upkeepResult.parse({ seconds: 1, tables: [{ table: "t" }] })).toThrow("database");
  });

  it("the documents need no more than the least", () => {
    const batch: BatchDocument = {
      ...lake,
      product: { namespace: "shop", name: "daily" },
      target: { database: "shop", table: "daily" },
      sql: "SELECT 1 AS one",
      mode: "Full",
    };
    const upkeep: UpkeepDocument = { ...lake, tables: [] };
    expect(Object.keys(batch)).toEqual(["catalog", "storage", "product", "target", "sql", "mode"]);
    expect(Object.keys(upkeep)).toEqual(["catalog", "storage", "tables"]);
  });
});
