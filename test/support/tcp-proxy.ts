/** A TCP proxy on this machine that can refuse, cut and swallow, for what happens to connections in between. */
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface TcpProxy {
  readonly port: number;
  /** Resets every connection and every new one, until `restore`. */
  cut(): void;
  /** Keeps every connection open and lets nothing through, until `restore`; those of before stay dead after it (half open). */
  freeze(): void;
  restore(): void;
  stop(): Promise<void>;
}

/** Forwards a free port of 127.0.0.1 to another. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let mode: "open" | "cut" | "frozen" = "open";
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    if (mode === "cut") {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(targetPort, "127.0.0.1");
    const pair = [client, upstream] as const;
    pairs.add(pair);
    if (mode === "open") {
      client.pipe(upstream);
      upstream.pipe(client);
    }
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      mode = "cut";
      for (const [client] of pairs) client.resetAndDestroy();
    },
    freeze: () => {
      mode = "frozen";
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
      }
    },
    restore: () => {
      mode = "open";
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const [client, upstream] of pairs) {
          client.destroy();
          upstream.destroy();
        }
      }),
  };
}
