/** An independent client of Iceberg REST catalogs for tests: plain requests, nothing of the operator's code. */
import { randomUUID } from "node:crypto";
import { inject } from "vitest";

/** A table's metadata as the catalog answers it, as far as tests look into it. */
export interface PeerTable {
  readonly "table-uuid": string;
  readonly location: string;
  readonly "current-schema-id": number;
  readonly schemas: readonly { readonly "schema-id": number; readonly fields: readonly PeerField[] }[];
  readonly "partition-specs": readonly {
    readonly "spec-id": number;
    readonly fields: readonly { readonly "source-id": number; readonly transform: string }[];
  }[];
  readonly "default-spec-id": number;
  readonly "sort-orders": readonly { readonly "order-id": number; readonly fields: readonly object[] }[];
  readonly "default-sort-order-id": number;
  readonly properties: Readonly<Record<string, string>>;
}

export interface PeerField {
  readonly id: number;
  readonly name: string;
  readonly type: unknown;
  readonly required: boolean;
  readonly doc?: string;
}

/** What others do in a catalog. */
class CatalogPeer {
  readonly #base: () => string;

  /** `base` answers the address of the catalog's namespaces: with `/v1`, and with the prefix when there is one. */
  constructor(base: () => string) {
    this.#base = base;
  }

  /** The table, or `undefined` when there is none. */
  async loadTable(database: string, table: string): Promise<PeerTable | undefined> {
    const { status, body } = await this.#send("GET", `namespaces/${database}/tables/${table}`);
    if (status === 404) return undefined;
    return (body as { metadata: PeerTable }).metadata;
  }

  /** Fields of the current schema. */
  async fieldsOf(database: string, table: string): Promise<readonly PeerField[]> {
    const metadata = await this.loadTable(database, table);
    const schema = metadata?.schemas.find((one) => one["schema-id"] === metadata["current-schema-id"]);
    if (schema === undefined) throw new Error(`there is no table ${database}.${table}`);
    return schema.fields;
  }

  /** Commits changes as somebody else than the operator. Throws when the catalog refuses. */
  async commit(database: string, table: string, updates: readonly object[]): Promise<void> {
    await this.#mustSend("POST", `namespaces/${database}/tables/${table}`, { requirements: [], updates });
  }

  /** Creates the database when it is missing, and the table. Throws when the catalog refuses. */
  async createTable(database: string, table: string, fields: readonly object[]): Promise<void> {
    await this.#send("POST", "namespaces", { namespace: [database] });
    const schema = { type: "struct", "schema-id": 0, fields };
    const body = { name: table, "stage-create": false, schema };
    await this.#mustSend("POST", `namespaces/${database}/tables`, body);
  }

  /** Creates a table at a place, whatever lies there: in two steps, as not every catalog takes a place otherwise. */
  async createTableAt(
    location: string,
    made: { readonly database: string; readonly table: string; readonly fields: readonly PeerField[] },
  ): Promise<void> {
    const { database, table, fields } = made;
    const schema = { type: "struct", "schema-id": 0, fields };
    const body = { name: table, "stage-create": true, location, schema };
    await this.#mustSend("POST", `namespaces/${database}/tables`, body);
    await this.#mustSend("POST", `namespaces/${database}/tables/${table}`, {
      requirements: [{ type: "assert-create" }],
      updates: [
        { action: "assign-uuid", uuid: randomUUID() },
        { action: "upgrade-format-version", "format-version": 2 },
        { action: "add-schema", schema, "last-column-id": Math.max(...fields.map(({ id }) => id)) },
        { action: "set-current-schema", "schema-id": -1 },
        { action: "add-spec", spec: { "spec-id": 0, fields: [] } },
        { action: "set-default-spec", "spec-id": -1 },
        { action: "add-sort-order", "sort-order": { "order-id": 0, fields: [] } },
        { action: "set-default-sort-order", "sort-order-id": -1 },
        { action: "set-location", location },
      ],
    });
  }

  /** Takes the table out of the catalog. Throws when the catalog refuses. */
  async dropTable(database: string, table: string): Promise<void> {
    await this.#mustSend("DELETE", `namespaces/${database}/tables/${table}`);
  }

  /** Gives a table another name in its database, as `ALTER TABLE … RENAME TO` does. Throws when the catalog refuses. */
  async renameTable(database: string, from: string, to: string): Promise<void> {
    const namespace = [database];
    const body = { source: { namespace, name: from }, destination: { namespace, name: to } };
    await this.#mustSend("POST", "tables/rename", body);
  }

  /** Makes other fields of a table's fields, as `ALTER TABLE` does. New ones must have ids above all that the table had. */
  async alterColumns(
    database: string,
    table: string,
    change: (fields: readonly PeerField[]) => readonly PeerField[],
  ): Promise<void> {
    const fields = change(await this.fieldsOf(database, table));
    const schemas = (await this.loadTable(database, table))?.schemas ?? [];
    const schemaId = Math.max(...schemas.map((schema) => schema["schema-id"])) + 1;
    const lastColumnId = Math.max(...fields.map((field) => field.id));
    const updates = [
      {
        action: "add-schema",
        schema: { type: "struct", "schema-id": schemaId, fields },
        "last-column-id": lastColumnId,
      },
      { action: "set-current-schema", "schema-id": -1 },
    ];
    await this.commit(database, table, updates);
  }

  async #mustSend(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await this.#send(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async #send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.#base()}/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      // JSON has no form for 64-bit integers; tests give them as bigint.
      ...(body !== undefined && { body: JSON.stringify(body, longs).replaceAll(/"long:(\d+)"/g, "$1") }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  }
}

/** In the catalog of the test run. */
export const peer = new CatalogPeer(() => `${inject("engines").catalog.uri}/v1`);
/** In the second one, which keeps no history. */
export const nessiePeer = new CatalogPeer(() => `${inject("nessie").uri}/v1/main`);

function longs(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `long:${value}` : value;
}
