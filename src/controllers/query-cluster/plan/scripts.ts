/**
 * The scripts that Kubernetes runs in the pods. They need bash only: the images hold no HTTP client, and an HTTP probe of
 * Kubernetes can neither read a body (a starting server already answers) nor PUT. Pure.
 */
import { SHUTDOWN_USER } from "./access-control.ts";
import type { Role } from "../parts.ts";
import { TRINO_PORT } from "../../../targets/trino/server.ts";

export const HEALTH_SCRIPT = "health.sh";
export const SHUTDOWN_SCRIPT = "shutdown.sh";
export const DRAIN_SCRIPT = "drain.sh";

/** Who the coordinator's own questions come from. */
const HEALTH_USER = "openclickstream-health";

/** Counts the answers to a server's questions how the nodes do. */
const LOOKS_AT_NODES =
  "/v1/jmx/mbean/io.airlift.http.client:type=HttpClient,name=ForNodeManager/AllResponse.TotalCount";

/**
 * Succeeds when a server can do its work. Any server: `/v1/info` says `"starting":false`. A coordinator must also have looked at
 * its nodes since: it notes which of them have which catalogs when it starts, before there are any, and then every five
 * seconds, and in between refuses all queries with `NO_NODES_AVAILABLE`.
 */
export function renderHealthScript(role: Role): string {
  return `#!/bin/bash
# Succeeds once Trino can answer queries.
set -eu
ask() {
  exec 3<>/dev/tcp/127.0.0.1/${TRINO_PORT}
  printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\nX-Trino-User: ${HEALTH_USER}\\r\\n\\r\\n' "$1" >&3
  timeout 4 cat <&3
}
[[ "$(ask /v1/info)" == *'"starting":false'* ]]
${role === "coordinator" ? NODES_ARE_KNOWN : ""}`;
}

const NODES_ARE_KNOWN = `looks="$(ask '${LOOKS_AT_NODES}' | tail -n 1)"
[[ "$looks" =~ ^[0-9]+$ ]]
# The count when this very server was first seen to have started; the volume outlives servers.
read -ra server < /proc/1/stat
first="/tmp/looks-\${server[21]}"
[[ -e "$first" ]] || echo "$looks" > "$first"
(( looks > $(< "$first") ))
`;

/** Of a query that somebody still waits for, as the list of queries has it. */
const UNFINISHED = '"state":"(QUEUED|WAITING_FOR_RESOURCES|DISPATCHING|PLANNING|STARTING|RUNNING|FINISHING)"';

/**
 * Returns when all queries of this coordinator have finished, at the latest after `drainSeconds`. Before it looks it waits until
 * Services send nothing new: `leaveSeconds`.
 */
export function renderDrainScript({
  leaveSeconds,
  drainSeconds,
}: {
  readonly leaveSeconds: number;
  readonly drainSeconds: number;
}): string {
  return `#!/bin/bash
# Lets the coordinator finish its queries.
set -u
sleep ${leaveSeconds}
unfinished='${UNFINISHED}'
end=$(( SECONDS + ${drainSeconds} ))
while (( SECONDS < end )); do
  exec 3<>/dev/tcp/127.0.0.1/${TRINO_PORT} || exit 0
  printf 'GET /v1/query HTTP/1.0\\r\\nHost: localhost\\r\\nX-Trino-User: ${HEALTH_USER}\\r\\n\\r\\n' >&3
  queries="$(timeout 4 cat <&3)"
  [[ "$queries" == HTTP/1.?' 200'* ]] || exit 0
  [[ "$queries" =~ $unfinished ]] || exit 0
  sleep 1
done
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
