/** Which server an address leads to, for systems that have no id of their own to tell. */
import { lookup } from "node:dns/promises";

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Finds the addresses of a host, as the operating system does for connections. */
export type Resolve = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/**
 * `10.96.0.7:19120/iceberg` for every spelling of a URL: the address in place of the name. A name with several addresses of one family
 * stays a name: such addresses come and go behind it. So does one that cannot be resolved.
 */
export async function serverIdentity(url: string, resolve: Resolve = resolveAll): Promise<string> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const path = pathname.replace(/\/+$/, "");
  return `${await addressOf(host, resolve)}:${port === "" ? DEFAULT_PORTS[protocol] : port}${path}`;
}

async function addressOf(host: string, resolve: Resolve): Promise<string> {
  try {
    const found = await resolve(host);
    const ofFour = found.filter(({ family }) => family === 4);
    const [only, ...more] = [...new Set((ofFour.length > 0 ? ofFour : found).map(({ address }) => address))];
    return only !== undefined && more.length === 0 ? only : host;
  } catch {
    return host;
  }
}

function resolveAll(host: string): ReturnType<Resolve> {
  return lookup(host, { all: true });
}
