/** `flight.json`: what the gateway is told. It holds no secrets, only the names of the files that do. Pure. */
import { LAKE_CATALOG } from "../../../crds/kinds.ts";
import type { FlightDocument } from "../../../generated/flight.ts";
import { lakeDocument } from "../../../workloads/lake-document.ts";
import { TRINO_PORT } from "../../../targets/trino/server.ts";
import type { FlightFile } from "../flight-secrets.ts";
import type { FlightSettings } from "../flight-settings.ts";
import type { ValidatedCluster } from "../validate.ts";

/** Below the 4 MiB that clients of gRPC take in one message unless they are told otherwise. */
const BATCH_BYTES = 2 * 2 ** 20;
const TICKET_SECONDS = 120;
const TOKEN_SECONDS = 3600;

/** The whole file as text. */
export function renderFlightJson(cluster: ValidatedCluster, flight: FlightSettings): string {
  return `${JSON.stringify(documentOf(cluster, flight), null, 2)}\n`;
}

function documentOf({ names, owner, platform }: ValidatedCluster, flight: FlightSettings): FlightDocument {
  const { certificate, privateKey, users, signingKey } = flight.files;
  return {
    trino: {
      uri: `http://${names.coordinator}.${owner.key.namespace}.svc:${TRINO_PORT}`,
      catalog: LAKE_CATALOG,
    },
    ...(certificate !== undefined &&
      privateKey !== undefined && {
        tls: { certificateFile: pathOf(certificate), keyFile: pathOf(privateKey) },
      }),
    ...(users && { usersFile: pathOf(users) }),
    ...(signingKey && { signingKeyFile: pathOf(signingKey) }),
    limits: {
      queries: flight.maxQueries,
      memoryMebibytes: flight.batchMebibytes,
      batchBytes: BATCH_BYTES,
      idleSeconds: flight.idleSeconds,
      ticketSeconds: TICKET_SECONDS,
      tokenSeconds: TOKEN_SECONDS,
    },
    ...(flight.directReads && { direct: lakeDocument(platform.spec) }),
  };
}

function pathOf({ file }: FlightFile): string {
  return `${file.folder}/${file.name}`;
}
