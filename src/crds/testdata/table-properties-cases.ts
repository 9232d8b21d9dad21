/** Properties of a table that are refused, wherever a kind takes properties of a table. */
import type { FieldCase } from "./spec-case.ts";

const REFUSED: readonly (readonly [name: string, property: string, value: string, words: string])[] = [
  ["without a name", "", "x", "keys must start with a letter"],
  ["that is a fact of the metadata", "current-snapshot-id", "1", "not for setting"],
  ["that names no format version", "format-version", "4", "for format-version"],
  ["that puts metadata elsewhere", "write.metadata.path", "s3://lake/elsewhere", "must not hold write\\.data\\.path"],
  ["with a file format that no engine reads", "write.format.default", "csv", "for write\\.format\\.default"],
  ["with such a format of deletions", "write.delete.format.default", "csv", "for write\\.delete\\.format\\.default"],
  ["that Parquet does not have", "write.parquet.compression-codec", "bzip2", "for write\\.parquet"],
  ["that Avro does not have", "write.avro.compression-codec", "lzo", "for write\\.avro"],
  ["that ORC does not have", "write.orc.compression-codec", "gzip", "for write\\.orc"],
  ["that metadata does not have", "write.metadata.compression-codec", "zstd", "for write\\.metadata"],
  ["of no way to distribute", "write.distribution-mode", "random", "for write\\.distribution-mode"],
  ["of no way to delete", "write.delete.mode", "never", "for write\\.delete\\.mode"],
  ["of no way to update", "write.update.mode", "never", "for write\\.update\\.mode"],
  ["of no way to merge", "write.merge.mode", "never", "for write\\.merge\\.mode"],
];

/** Each rule's case, for the properties at this path. */
export function tablePropertiesCases(path: string): readonly FieldCase[] {
  return REFUSED.map(([name, property, value, words]) => ({
    name: `a property ${name}`,
    path,
    value: { [property]: value },
    refusal: new RegExp(`${path.replaceAll(".", "\\.")}: .*${words}`),
  }));
}
