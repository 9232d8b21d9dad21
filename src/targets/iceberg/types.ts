/** Iceberg types: as a manifest wants them (names only), and as a table has them (every nested field with its id). */

/** A scalar by its text in manifests: `int`, `decimal(9,2)`, `fixed(16)`, … Types that manifests cannot say come through unchanged. */
export interface ScalarType {
  readonly kind: "scalar";
  readonly name: string;
}

/** A type without field ids. */
export type WantedType =
  | ScalarType
  | { readonly kind: "list"; readonly element: WantedType }
  | { readonly kind: "map"; readonly key: WantedType; readonly value: WantedType }
  | { readonly kind: "struct"; readonly fields: readonly WantedStructField[] };

export interface WantedStructField {
  readonly name: string;
  readonly type: WantedType;
}

/** A type of a table: fields are known by id for ever, whatever they are called. */
export type TableType = ScalarType | ListType | MapType | StructType;

export interface ListType {
  readonly kind: "list";
  readonly elementId: number;
  readonly isElementRequired: boolean;
  readonly element: TableType;
}

export interface MapType {
  readonly kind: "map";
  readonly keyId: number;
  readonly key: TableType;
  readonly valueId: number;
  readonly isValueRequired: boolean;
  readonly value: TableType;
}

export interface StructType {
  readonly kind: "struct";
  readonly fields: readonly Field[];
}

/** A column, or a field of a struct. */
export interface Field {
  readonly id: number;
  readonly name: string;
  readonly type: TableType;
  readonly isRequired: boolean;
  readonly doc?: string;
  /** What the catalog says of the field beyond this (default values of format version 3); kept as it is. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** The type without ids, as a manifest would say it. */
export function withoutIds(type: TableType): WantedType {
  switch (type.kind) {
    case "scalar":
      return type;
    case "list":
      return { kind: "list", element: withoutIds(type.element) };
    case "map":
      return { kind: "map", key: withoutIds(type.key), value: withoutIds(type.value) };
    case "struct":
      return {
        kind: "struct",
        fields: type.fields.map((field) => ({ name: field.name, type: withoutIds(field.type) })),
      };
  }
}

/** Ids of everything inside a type, at any depth. */
function idsWithin(type: TableType): readonly number[] {
  switch (type.kind) {
    case "scalar":
      return [];
    case "list":
      return [type.elementId, ...idsWithin(type.element)];
    case "map":
      return [type.keyId, type.valueId, ...idsWithin(type.key), ...idsWithin(type.value)];
    case "struct":
      return type.fields.flatMap(idsOfField);
  }
}

/** Id of a field and of everything inside it. */
export function idsOfField(field: Field): readonly number[] {
  return [field.id, ...idsWithin(field.type)];
}

/** Gives out ids that the table has never used. */
export class IdSource {
  #last: number;

  constructor(lastUsed: number) {
    this.#last = lastUsed;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Highest id ever used. */
  get last(): number {
    return this.#last;
  }
}

/** The type with fresh ids; everything nested is optional, since a manifest cannot say otherwise. */
export function withFreshIds(type: WantedType, ids: IdSource): TableType {
  switch (type.kind) {
    case "scalar":
      return type;
    case "list": {
      const elementId = ids.next();
      return { kind: "list", elementId, isElementRequired: false, element: withFreshIds(type.element, ids) };
    }
    case "map": {
      const [keyId, valueId] = [ids.next(), ids.next()];
      const key = withFreshIds(type.key, ids);
      return {
        kind: "map",
        keyId,
        key,
        valueId,
        isValueRequired: false,
        value: withFreshIds(type.value, ids),
      };
    }
    case "struct": {
      const own = type.fields.map((field) => ({ field, id: ids.next() }));
      const fields = own.map(({ field, id }) => ({
        id,
        name: field.name,
        type: withFreshIds(field.type, ids),
        isRequired: false,
      }));
      return { kind: "struct", fields };
    }
  }
}
