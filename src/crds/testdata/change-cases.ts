/** Names and changes that are valid or not: what only the API server can judge, because zod sees a spec without name and past. */

/** A name of a resource, and what is said to it. */
export interface NameCase {
  readonly kind: string;
  readonly name: string;
  readonly metadataName: string;
  /** What the refusal must tell; absent where the name is accepted. */
  readonly refusal?: RegExp;
}

export const NAME_CASES: readonly NameCase[] = [
  { kind: "DataPlatform", name: "a name of 63 characters", metadataName: "a".repeat(63) },
  {
    kind: "DataPlatform",
    name: "a name of 64 characters",
    metadataName: "a".repeat(64),
    refusal: /metadata\.name must be at most 63 characters/,
  },
  { kind: "EventStream", name: "a name with a dot", metadataName: "shop.orders" },
  { kind: "ClickstreamPipeline", name: "a name of 40 characters", metadataName: "a".repeat(40) },
  {
    kind: "ClickstreamPipeline",
    name: "a name of 41 characters",
    metadataName: "a".repeat(41),
    refusal: /metadata\.name must be at most 40 characters/,
  },
  {
    kind: "ClickstreamPipeline",
    name: "a name with a dot",
    metadataName: "a.b",
    refusal: /metadata\.name must start with a letter/,
  },
  {
    kind: "QueryCluster",
    name: "a name with a digit first",
    metadataName: "1a",
    refusal: /metadata\.name must start with a letter/,
  },
];

/** One changed field of a kind's sample, and what is said to the change. */
export interface ChangeCase {
  readonly kind: string;
  readonly name: string;
  /** Path of the field below spec. */
  readonly path: string;
  /** Value before; undefined when the field is absent. */
  readonly from: unknown;
  readonly to: unknown;
  /** What the refusal must tell; absent where the change is accepted. */
  readonly refusal?: RegExp;
}

export const CHANGE_CASES: readonly ChangeCase[] = [
  { kind: "DataPlatform", name: "another bucket", path: "storage.bucket", from: "one", to: "two" },
  {
    kind: "EventStream",
    name: "another platform",
    path: "platformRef.name",
    from: "a",
    to: "b",
    refusal: /^platformRef\.name: .*must not change/,
  },
  {
    kind: "EventStream",
    name: "another topic",
    path: "topicName",
    from: "a",
    to: "b",
    refusal: /^topicName: .*must not change/,
  },
  {
    kind: "EventStream",
    name: "a topic name that comes late",
    path: "topicName",
    from: undefined,
    to: "a",
    refusal: /^topicName: .*must not change/,
  },
  {
    kind: "ServingTable",
    name: "another table",
    path: "tableName",
    from: "shop:a",
    to: "shop:b",
    refusal: /^tableName: .*must not change/,
  },
  {
    kind: "ServingTable",
    name: "another number of regions",
    path: "split.uniform",
    from: 4,
    to: 8,
    refusal: /^split: .*must not change/,
  },
  { kind: "ServingTable", name: "another durability", path: "durability", from: "FSYNC_WAL", to: "SYNC_WAL" },
  { kind: "EventStream", name: "more partitions", path: "partitions", from: 3, to: 4 },
  {
    kind: "EventStream",
    name: "fewer partitions, of which no topic has any yet",
    path: "partitions",
    from: 4,
    to: 3,
  },
  {
    kind: "EventStream",
    name: "fewer partitions than the default, of which no topic has any yet",
    path: "partitions",
    from: undefined,
    to: 2,
  },
  {
    kind: "EventStream",
    name: "many partitions that go back to the default, of which no topic has any yet",
    path: "partitions",
    from: 4,
    to: undefined,
  },
  { kind: "EventStream", name: "the default in writing", path: "partitions", from: undefined, to: 3 },
  {
    kind: "LakeTable",
    name: "another database",
    path: "database",
    from: "a",
    to: "b",
    refusal: /^database: .*must not change/,
  },
  {
    kind: "LakeTable",
    name: "another table",
    path: "table",
    from: "a",
    to: "b",
    refusal: /^table: .*must not change/,
  },
  {
    kind: "LakeTable",
    name: "another location",
    path: "location",
    from: "s3://bucket/a",
    to: "s3://bucket/b",
    refusal: /^location: .*must not change/,
  },
  {
    kind: "LakeTable",
    name: "another platform",
    path: "platformRef.name",
    from: "a",
    to: "b",
    refusal: /^platformRef\.name: .*must not change/,
  },
  {
    kind: "ClickstreamPipeline",
    name: "another platform",
    path: "platformRef.name",
    from: "a",
    to: "b",
    refusal: /^platformRef\.name: .*must not change/,
  },
  {
    kind: "ClickstreamPipeline",
    name: "another database",
    path: "tables.database",
    from: "a",
    to: "b",
    refusal: /^tables\.database: .*must not change/,
  },
  {
    kind: "ClickstreamPipeline",
    name: "a prefix that is given up with all of tables",
    path: "tables",
    from: { prefix: "a_" },
    to: undefined,
    refusal: /^tables\.prefix: .*must not change/,
  },
  {
    kind: "ClickstreamPipeline",
    name: "fewer partitions, of which no topic has any yet",
    path: "stream.partitions",
    from: 4,
    to: 3,
  },
  {
    kind: "ClickstreamPipeline",
    name: "many partitions that are given up with all of stream, of which no topic has any yet",
    path: "stream",
    from: { partitions: 4 },
    to: undefined,
  },
  { kind: "QueryCluster", name: "another platform", path: "platformRef.name", from: "a", to: "b" },
  {
    kind: "DataProduct",
    name: "another platform",
    path: "platformRef.name",
    from: "a",
    to: "b",
    refusal: /^platformRef\.name: .*must not change/,
  },
  {
    kind: "DataProduct",
    name: "another database",
    path: "target.database",
    from: "a",
    to: "b",
    refusal: /^target\.database: .*must not change/,
  },
  {
    kind: "DataProduct",
    name: "another table",
    path: "target.table",
    from: "a",
    to: "b",
    refusal: /^target\.table: .*must not change/,
  },
  { kind: "DataProduct", name: "other SQL", path: "sql", from: "SELECT 1 AS one", to: "SELECT 2 AS two" },
];
