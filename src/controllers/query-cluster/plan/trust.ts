/** The truststore of a platform's own certificate authorities, which Java must be given in a form of its own. Pure. */
import { lakeAuthorityFiles } from "../../../platform/environment.ts";
import type { ValidatedCluster } from "../validate.ts";

/** Where the truststore is in each pod. */
export const TRUST_FOLDER = "/trust";
export const TRUST_SCRIPT = "trust.sh";

const STORE = `${TRUST_FOLDER}/truststore`;
/** It keeps no secret: certificates are public. */
const PASSWORD = "changeit";

/** Options of the JVM; none where the system's authorities will do. */
export function trustOptions({ platform }: ValidatedCluster): readonly string[] {
  if (lakeAuthorityFiles(platform.spec).length === 0) return [];
  return [`-Djavax.net.ssl.trustStore=${STORE}`, `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`];
}

/** The script by its name; none where the system's authorities will do. */
export function trustFiles({ platform }: ValidatedCluster): Readonly<Record<string, string>> {
  const files = lakeAuthorityFiles(platform.spec);
  return files.length === 0 ? {} : { [TRUST_SCRIPT]: renderTrustScript(files) };
}

/** Adds the certificates of the files to a copy of the Java's own truststore; its tool takes one certificate at a time. */
export function renderTrustScript(files: readonly string[], store = STORE): string {
  return `#!/bin/bash
# Makes a truststore of the system's authorities and those of the platform.
set -eu
java="\${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}"
rm -f '${store}'
cp -L "$java/lib/security/cacerts" '${store}'
chmod u+w '${store}'
add() {
  "$java/bin/keytool" -importcert -noprompt -keystore '${store}' -storepass ${PASSWORD} -alias "openclickstream-$1" 2>&1
}
nth=0
for file in ${files.map((file) => `'${file}'`).join(" ")}; do
  certificate=''
  while IFS= read -r line || [[ -n "$line" ]]; do
    [[ "$line" == *'-----BEGIN CERTIFICATE-----'* ]] && certificate=' '
    [[ -n "$certificate" ]] && certificate+="$line"$'\\n'
    if [[ "$line" == *'-----END CERTIFICATE-----'* ]]; then
      nth=$(( nth + 1 ))
      add "$nth" <<< "\${certificate# }"
      certificate=''
    fi
  done < "$file"
done
`;
}
