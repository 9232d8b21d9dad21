/** TLS in front of a server that speaks none, with a certificate from an authority that nobody else knows. */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:tls";
import { type CertificateFiles, certificateFiles, makeCertificate } from "./certificates.ts";

export interface TlsFront {
  /** `https://localhost:port`, the name in its certificate. */
  readonly url: string;
  /** PEM file of the authority. */
  readonly caFile: string;
  /** Connections whose handshake came about. */
  readonly accepted: () => number;
  stop(): Promise<void>;
}

/** Starts it before a port of 127.0.0.1. Fronts in one folder share the authority. */
export async function startTlsFront(directory: string, targetPort: number): Promise<TlsFront> {
  const { certificateFile, keyFile, caFile } = await serverCertificate(directory);
  const options = { cert: await readFile(certificateFile), key: await readFile(keyFile) };
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer(options, (client) => {
    accepted += 1;
    const upstream = connect(targetPort, "127.0.0.1");
    client.pipe(upstream).pipe(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      // What was read is still written to the other side: only an error ends it at once.
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    caFile,
    accepted: () => accepted,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serverCertificate(directory: string): Promise<CertificateFiles & { readonly caFile: string }> {
  await mkdir(directory, { recursive: true });
  const known = certificateFiles(directory, "authority");
  const authority = existsSync(known.keyFile) ? known : await makeCertificate(directory, "authority");
  const server = await makeCertificate(directory, "localhost", authority);
  return { ...server, caFile: authority.certificateFile };
}
