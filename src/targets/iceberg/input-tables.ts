/** Tables that many products read: one load of a table's metadata, which may be large, serves all passes of a few seconds (ADR 0607). */
import type { TableIdentifier } from "../../naming/tables.ts";
import { formatTable } from "../../naming/tables.ts";
import { putLast } from "../put-last.ts";
import { SharedReading } from "../shared-reading.ts";
import type { TableCatalog } from "./catalog.ts";
import type { CurrentTable } from "./table.ts";

/** How a table is read that one does not write oneself. */
export interface TableLook {
  /** What is known of the table elsewhere. When that is another than before, the table is read again. */
  readonly edition: string;
  readonly signal: AbortSignal;
}

/** Reads the tables of one catalog. */
export interface TableReader {
  readTable(identifier: TableIdentifier, look: TableLook): Promise<CurrentTable | undefined>;
}

const MAX_AGE_SECONDS = 5;
/** The table read longest ago is dropped when there are more. */
const MAX_TABLES = 1000;

interface Held {
  readonly edition: string;
  readonly reading: SharedReading<CurrentTable | undefined>;
}

class SharingReader implements TableReader {
  readonly #catalog: TableCatalog;
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();

  constructor(catalog: TableCatalog, now: () => number) {
    this.#catalog = catalog;
    this.#now = now;
  }

  async readTable(
    identifier: TableIdentifier,
    { edition, signal }: TableLook,
  ): Promise<CurrentTable | undefined> {
    const name = formatTable(identifier);
    const before = this.#held.get(name);
    const held = before?.edition === edition ? before : { edition, reading: this.#readingOf(identifier) };
    putLast(this.#held, [name, held], MAX_TABLES);
    return (await held.reading.read(MAX_AGE_SECONDS, signal)).value;
  }

  #readingOf(identifier: TableIdentifier): SharedReading<CurrentTable | undefined> {
    return new SharedReading((signal) => this.#catalog.readTable(identifier, signal), this.#now);
  }
}

/** The readers of all catalogs of a process: one for each connection. */
export class InputTables {
  readonly #now: () => number;
  readonly #readers = new WeakMap<TableCatalog, TableReader>();

  /** `now` is in milliseconds and never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  of(catalog: TableCatalog): TableReader {
    const reader = this.#readers.get(catalog) ?? new SharingReader(catalog, this.#now);
    this.#readers.set(catalog, reader);
    return reader;
  }
}
