/** What a user's catalog must not say: its properties become a file that Trino reads with the rights of the pod. Pure. */
import { LAKE_CATALOG } from "../../crds/kinds.ts";

interface CatalogText {
  readonly name: string;
  readonly connector: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly secretProperties: readonly { readonly property: string }[];
}

const RESERVED_NAMES: ReadonlySet<string> = new Set([LAKE_CATALOG, "system"]);

/** Set by the operator, or a way to files of the pod. */
const FORBIDDEN_PROPERTIES: ReadonlySet<string> = new Set([
  "connector.name",
  "fs.native-local.enabled",
  "local.location",
]);
const FORBIDDEN_PREFIXES: readonly string[] = ["fs.cache.", "fs.alluxio."];

/** `…-file`, `….keystore-path`, `….config.resources`: names of files, which are in the pod and not in the manifest. */
const FILE_PROPERTY = /(^|[._-])(file|path|dir|directory|resources)$/;

const CREDENTIAL_PROPERTY = /(^|[._-])(password|secret|token|secret-key|credential|credentials|private-key)$/;

/** What is wrong with a catalog and what to do; `undefined` when nothing is. */
export function findCatalogProblem(catalog: CatalogText): string | undefined {
  if (RESERVED_NAMES.has(catalog.name)) return `the name "${catalog.name}" is taken; use another`;
  const names = [
    ...Object.keys(catalog.properties),
    ...catalog.secretProperties.map(({ property }) => property),
  ];
  for (const name of names) {
    const problem = problemOfName(name);
    if (problem !== undefined) return problem;
  }
  for (const [name, value] of Object.entries(catalog.properties)) {
    const problem = problemOfProperty(name, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfName(name: string): string | undefined {
  if (FORBIDDEN_PROPERTIES.has(name) || FORBIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix))) {
    return `property "${name}" is not for catalogs of users; leave it out`;
  }
  if (FILE_PROPERTY.test(name))
    return `property "${name}" names a file in the pod, which holds none for you; leave it out`;
  return undefined;
}

function problemOfProperty(name: string, value: string): string | undefined {
  if (CREDENTIAL_PROPERTY.test(name))
    return `property "${name}" must be given in secretProperties, not as text`;
  // Environment variables of the pod hold the secrets of all catalogs.
  if (value.includes("${"))
    return `property "${name}" must not hold "\${"; use secretProperties for a secret value`;
  if (/[\r\n\0]/.test(value)) return `property "${name}" must be one line`;
  return undefined;
}
