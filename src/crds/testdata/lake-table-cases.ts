/** Specs of LakeTable that are valid or not. */
import type { FieldCase } from "./spec-case.ts";
import { tablePropertiesCases } from "./table-properties-cases.ts";

const COLUMN = { name: "a", type: "string" };

export const LAKE_TABLE_CASES: readonly FieldCase[] = [
  ...tablePropertiesCases("properties"),
  { name: "a column named with a capital", path: "columns.4.name", value: "Gift" },
  {
    name: "a column named with a hyphen",
    path: "columns.4.name",
    value: "gift-wrap",
    refusal: /columns\.4\.name/,
  },
  {
    name: "a type in upper case",
    path: "columns.4.type",
    value: "STRING",
    refusal: /columns\.4\.type: .*must be an Iceberg type/,
  },
  { name: "a field named with capitals", path: "columns.4.type", value: "struct<giftWrap:string>" },
  {
    name: "two columns of one name",
    path: "columns.4.name",
    value: "total",
    refusal: /columns: .*same name|columns.4: Duplicate value/,
  },
  {
    name: "an unknown type",
    path: "columns.4.type",
    value: "varchar",
    refusal: /columns\.4\.type: .*must be an Iceberg type/,
  },
  {
    name: "an unknown type within a list",
    path: "columns.4.type",
    value: "list<varchar>",
    refusal: /columns\.4\.type: .*must be an Iceberg type/,
  },
  {
    name: "a type with a blank",
    path: "columns.4.type",
    value: "map<string, string>",
    refusal: /columns\.4\.type/,
  },
  {
    name: "a decimal of 39 digits",
    path: "columns.4.type",
    value: "decimal(39,2)",
    refusal: /columns\.4\.type/,
  },
  {
    name: "a decimal without a scale",
    path: "columns.4.type",
    value: "decimal(9)",
    refusal: /columns\.4\.type/,
  },
  { name: "a fixed of 16 bytes", path: "columns.4.type", value: "fixed(16)" },
  {
    name: "a list that is not closed",
    path: "columns.4.type",
    value: "list<list<int>",
    refusal: /must close each '<'/,
  },
  {
    name: "a list of two types",
    path: "columns.4.type",
    value: "list<int,int>",
    refusal: /list<> one type/,
  },
  {
    name: "a map of one type",
    path: "columns.4.type",
    value: "map<int>",
    refusal: /map<> two types/,
  },
  {
    name: "a map of three types",
    path: "columns.4.type",
    value: "map<int,int,int>",
    refusal: /map<> two types/,
  },
  {
    name: "a struct without names",
    path: "columns.4.type",
    value: "struct<int>",
    refusal: /columns\.4\.type/,
  },
  {
    name: "a struct within a map within a list",
    path: "columns.4.type",
    value: "list<map<string,struct<a:int,b:list<date>>>>",
  },
  {
    name: "a rename of a column to itself",
    path: "columns.2.previousName",
    value: "visitor_id",
    refusal: /columns\.2\.previousName: .*must differ/,
  },
  {
    name: "a rename from a column that is still there",
    path: "columns.2.previousName",
    value: "total",
    refusal: /columns: .*previousName/,
  },
  {
    name: "two renames from one column",
    path: "columns.3.previousName",
    value: "customer",
    refusal: /columns: .*previousName/,
  },
  {
    name: "a partition by an unknown column",
    path: "partitionBy.0.column",
    value: "day",
    refusal: /partitionBy must name columns/,
  },
  {
    name: "an hour of a text",
    path: "partitionBy",
    value: [{ column: "order_id", transform: "hour" }],
    refusal: /partitionBy must fit/,
  },
  {
    name: "the identity of a list",
    path: "partitionBy",
    value: [{ column: "lines", transform: "identity" }],
    refusal: /partitionBy must fit/,
  },
  {
    name: "buckets of a decimal",
    path: "partitionBy",
    value: [{ column: "total", transform: "bucket", width: 4 }],
  },
  {
    name: "buckets without a width",
    path: "partitionBy",
    value: [{ column: "total", transform: "bucket" }],
    refusal: /partitionBy\.0\.width/,
  },
  {
    name: "a day with a width",
    path: "partitionBy.0.width",
    value: 2,
    refusal: /partitionBy\.0\.width/,
  },
  {
    name: "one partition field twice",
    path: "partitionBy.1",
    value: { column: "ordered_at", transform: "day" },
    refusal: /partitionBy: .*same column and transform|partitionBy.1: Duplicate value/,
  },
  {
    name: "a sort by a list",
    path: "sortBy.0.column",
    value: "lines",
    refusal: /sortBy must name/,
  },
  {
    name: "a location among the checkpoints",
    path: "location",
    value: "s3://lake/checkpoints/shop",
    refusal: /location: .*must not lie in checkpoints/,
  },
  {
    name: "a location with a way up",
    path: "location",
    value: "s3://lake/shop/../other",
    refusal: /location: .*must not hold the folders '\.' and '\.\.'/,
  },
  {
    name: "a location that ends in a dot",
    path: "location",
    value: "s3://lake/shop/.",
    refusal: /location: .*must not hold the folders/,
  },
  { name: "a location with dots in its names", path: "location", value: "s3://lake/..shop/v1.2." },
  {
    name: "a location with a doubled slash",
    path: "location",
    value: "s3://lake//shop",
    refusal: /location/,
  },
  {
    name: "the database that SQL engines keep to themselves",
    path: "database",
    value: "information_schema",
    refusal: /database: .*must not be information_schema/,
  },
  { name: "a file format in capitals", path: "properties", value: { "write.format.default": "ORC" } },
  {
    name: "a location that only begins like the checkpoints",
    path: "location",
    value: "s3://lake/checkpoints-of-mine",
  },
  {
    name: "a location on a local disk",
    path: "location",
    value: "file:///data/x",
    refusal: /location/,
  },
  {
    name: "a table of one column",
    path: "",
    value: { platformRef: { name: "p" }, database: "d", table: "t", columns: [COLUMN] },
  },
  { name: "format version 2", path: "properties", value: { "format-version": "2" } },
  {
    name: "format version 4",
    path: "properties",
    value: { "format-version": "4" },
    refusal: /properties: .*format-version/,
  },
  {
    name: "the day and the month of one column",
    path: "partitionBy",
    value: [
      { column: "ordered_at", transform: "month" },
      { column: "ordered_at", transform: "day" },
    ],
    refusal: /partitionBy: .*keep the finest/,
  },
  {
    name: "a day and buckets of one column",
    path: "partitionBy",
    value: [
      { column: "ordered_at", transform: "day" },
      { column: "ordered_at", transform: "bucket", width: 4 },
    ],
  },
];
