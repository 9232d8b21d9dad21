import { describe, expect, it } from "vitest";
import type { Resolve } from "./server-identity.ts";
import { serverIdentity } from "./server-identity.ts";

const HOSTS: Readonly<Record<string, readonly string[]>> = {
  nessie: ["10.0.0.7"],
  "nessie.lake.svc": ["10.0.0.7"],
  "10.0.0.7": ["10.0.0.7"],
  localhost: ["::1", "127.0.0.1"],
  "s3.example.com": ["192.0.2.1", "192.0.2.2"],
  "::1": ["::1"],
};

const resolve: Resolve = async (host) => {
  const found = HOSTS[host];
  if (found === undefined) throw new Error("ENOTFOUND");
  return found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
};

describe("which server a URL leads to", () => {
  it.each([
    ["http://nessie:19120/iceberg", "10.0.0.7:19120/iceberg"],
    ["http://NESSIE.lake.svc.:19120/iceberg/", "10.0.0.7:19120/iceberg"],
    ["http://10.0.0.7:19120/iceberg", "10.0.0.7:19120/iceberg"],
    ["http://localhost", "127.0.0.1:80"],
    ["http://[::1]:9000/", "::1:9000"],
    ["https://s3.example.com", "s3.example.com:443"],
    ["https://unknown.example.com", "unknown.example.com:443"],
  ])("%s: %s", async (url, expected) => {
    expect(await serverIdentity(url, resolve)).toBe(expected);
  });
});
