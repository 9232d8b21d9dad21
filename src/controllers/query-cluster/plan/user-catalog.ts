/** `catalog/<name>.properties` of one of the user's catalogs; secrets by environment variable. Pure. */
import { secretPropertyVariable } from "../cluster-secrets.ts";
import type { CatalogSettings } from "../validate.ts";
import { fromEnvironment } from "../../../targets/trino/server.ts";
import { renderProperties } from "../../../workloads/properties.ts";

export function renderUserCatalog({
  name,
  connector,
  properties,
  secretProperties,
}: CatalogSettings): string {
  const secrets = secretProperties.map(
    ({ property }) => [property, fromEnvironment(secretPropertyVariable(name, property))] as const,
  );
  const all = [...Object.entries(properties), ...secrets].sort(([left], [right]) => (left < right ? -1 : 1));
  return renderProperties({ "connector.name": connector, ...Object.fromEntries(all) });
}
