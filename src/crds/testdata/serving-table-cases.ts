/** Specs of ServingTable that are valid or not. */
import type { FieldCase } from "./spec-case.ts";

export const SERVING_TABLE_CASES: readonly FieldCase[] = [
  { name: "a table in the default namespace", path: "tableName", value: "default:profiles" },
  { name: "a table without a namespace", path: "tableName", value: "profiles", refusal: /tableName/ },
  { name: "a namespace with a hyphen", path: "tableName", value: "my-shop:profiles", refusal: /tableName/ },
  {
    name: "HBase's own table of regions",
    path: "tableName",
    value: "hbase:meta",
    refusal: /tableName: .*must not be in the namespace 'hbase'/,
  },
  { name: "no family", path: "families", value: [], refusal: /families/ },
  { name: "two families of one name", path: "families.1.name", value: "p", refusal: /families/ },
  { name: "a family with a colon", path: "families.0.name", value: "a:b", refusal: /families\.0\.name|families\[0\]\.name/ },
  { name: "no version", path: "families.0.versions", value: 0, refusal: /versions/ },
  {
    name: "more versions past the time than there are",
    path: "families.0.minVersions",
    value: 6,
    refusal: /minVersions: .*must be at most versions/,
  },
  {
    name: "versions past the time of a family that keeps one",
    path: "families.1.minVersions",
    value: 2,
    refusal: /minVersions: .*must be at most versions/,
  },
  { name: "a time to live longer than HBase counts", path: "families.0.ttl", value: "24856d", refusal: /ttl/ },
  { name: "an unknown compression", path: "families.0.compression", value: "gzip", refusal: /compression/ },
  { name: "a block that is too small", path: "families.0.blockSize", value: "512", refusal: /blockSize/ },
  { name: "HBase's own default of durability", path: "durability", value: "USE_DEFAULT", refusal: /durability/ },
  { name: "regions by their first keys", path: "split", value: { keys: ["f", "m"] } },
  { name: "a split of no kind", path: "split", value: {}, refusal: /split: .*must give uniform or keys/ },
  {
    name: "a split of both kinds",
    path: "split",
    value: { uniform: 2, keys: ["m"] },
    refusal: /split: .*must give uniform or keys/,
  },
  { name: "changes that nobody has to confirm", path: "approval", value: "Automatic" },
  { name: "an unknown way to confirm", path: "approval", value: "Never", refusal: /approval/ },
];
