/**
 * The scripts that Kubernetes runs in the pods. They need bash only: the images hold no HTTP client, and an HTTP probe of
 * Kubernetes can neither read a body (a starting server already answers) nor PUT. Pure.
 */
import { SHUTDOWN_USER } from "./access-control.ts";
import { TRINO_PORT } from "./config-properties.ts";

export const HEALTH_SCRIPT = "health.sh";
export const SHUTDOWN_SCRIPT = "shutdown.sh";

/** Succeeds when the server has started: `/v1/info` then says `"starting":false`. */
export function renderHealthScript(): string {
  return `#!/bin/bash
# Succeeds once Trino has started.
set -eu
exec 3<>/dev/tcp/127.0.0.1/${TRINO_PORT}
printf 'GET /v1/info HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3
answer="$(timeout 4 cat <&3)"
[[ "$answer" == *'"starting":false'* ]]
`;
}

/** Asks the worker to finish its tasks and go, and returns when it is gone; Kubernetes ends the wait after the grace period. */
export function renderShutdownScript(): string {
  const body = '"SHUTTING_DOWN"';
  return `#!/bin/bash
# Lets the worker finish its tasks; Trino ends by itself when they are done.
set -u
exec 3<>/dev/tcp/127.0.0.1/${TRINO_PORT} || exit 0
printf 'PUT /v1/info/state HTTP/1.0\\r\\nHost: localhost\\r\\nX-Trino-User: ${SHUTDOWN_USER}\\r\\nContent-Type: application/json\\r\\nContent-Length: ${body.length}\\r\\n\\r\\n%s' '${body}' >&3
answer="$(timeout 10 cat <&3)"
[[ "$answer" == HTTP/1.?' 200'* ]] || exit 0
while kill -0 1 2>/dev/null; do sleep 1; done
`;
}
