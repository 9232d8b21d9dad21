/** Who vouches for servers. */
import { getCACertificates } from "node:tls";

/** What Node's TLS is told where a platform names authorities of its own: the system's count all the same. */
export function authoritiesWith(pem: string): string[] {
  return [...getCACertificates("default"), pem];
}
