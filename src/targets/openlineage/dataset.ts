/**
 * Names of tables as OpenLineage's own integrations give them, so that what other tools tell of a table meets what we tell: bucket and key of
 * its files, with its name in the catalog as a symlink. Pure.
 */
export interface DatasetName {
  readonly namespace: string;
  readonly name: string;
  readonly symlink: { readonly namespace: string; readonly name: string };
}

/** Of the table `database.table`, which lies at a location such as `s3://lake/shop/events`; `catalogUri` is without `/v1`. */
export function datasetName(
  table: string,
  { location, catalogUri }: { readonly location: string; readonly catalogUri: string },
): DatasetName {
  const [, scheme = "s3", authority = "", path = ""] =
    /^([a-z0-9]+):\/\/([^/]*)\/*(.*?)\/*$/.exec(location) ?? [];
  // Hadoop's names of S3 are the same store.
  const store = scheme === "s3a" || scheme === "s3n" ? "s3" : scheme;
  return {
    namespace: `${store}://${authority}`,
    name: path === "" ? "/" : path,
    symlink: { namespace: catalogUri, name: table },
  };
}
