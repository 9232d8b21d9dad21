/** Lets the pod's own stop script, and nobody else, tell a worker to shut down gracefully: by default Trino lets no one. The operator may look. Pure. */
import { OPERATOR_USER } from "../../../targets/trino/server.ts";
import { renderProperties } from "../../../workloads/properties.ts";

/** Whom the stop script acts as. */
export const SHUTDOWN_USER = "openclickstream-shutdown";
export const ACCESS_CONTROL_FILE = "access-control.properties";
export const RULES_FILE = "rules.json";

export function renderAccessControl(folder: string): string {
  return renderProperties({
    "access-control.name": "file",
    "security.config-file": `${folder}/${RULES_FILE}`,
  });
}

export function renderAccessRules(): string {
  const rules = {
    system_information: [
      { user: SHUTDOWN_USER, allow: ["read", "write"] },
      // What the cache did.
      { user: OPERATOR_USER, allow: ["read"] },
    ],
  };
  return `${JSON.stringify(rules)}\n`;
}
