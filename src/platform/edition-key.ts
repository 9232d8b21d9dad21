/**
 * The key of the hashes that stand for values of Secrets (ADR 0404). It is a Secret of the operator's own namespace, so that the hashes are
 * the same after a restart, and only a reader of that Secret could try values.
 */
import { randomBytes } from "node:crypto";
import { findObject } from "../runtime/http/api-client.ts";
import { isKubernetesError } from "../runtime/http/kubernetes-client.ts";
import type { RestClient } from "../runtime/http/rest-client.ts";
import { resourcePath } from "../runtime/http/rest-client.ts";
import { EDITION_KEY_NAME } from "../naming/marks.ts";
import type { GetEditionKey, SecretObject } from "./secret-reader.ts";
import { SECRET_TYPE } from "./secret-reader.ts";

const FIELD = "key";
const KEY_BYTES = 32;

/** The key of an operator that runs in this namespace; made when there is none, and read once. */
export function editionKeyIn(namespace: string, rest: RestClient): GetEditionKey {
  let key: Promise<Uint8Array> | undefined;
  return () => {
    key ??= readOrMake(namespace, rest).catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  };
}

async function readOrMake(namespace: string, rest: RestClient): Promise<Uint8Array> {
  return (await read(namespace, rest)) ?? make(namespace, rest);
}

async function read(namespace: string, rest: RestClient): Promise<Uint8Array | undefined> {
  const key = { namespace, name: EDITION_KEY_NAME };
  const secret = await findObject<SecretObject>(rest, { type: SECRET_TYPE, key });
  const value = secret?.data?.[FIELD];
  return value === undefined ? undefined : Buffer.from(value, "base64");
}

async function make(namespace: string, rest: RestClient): Promise<Uint8Array> {
  const value = randomBytes(KEY_BYTES);
  const metadata = { namespace, name: EDITION_KEY_NAME };
  const data = { [FIELD]: value.toString("base64") };
  const body = { apiVersion: "v1", kind: SECRET_TYPE.kind, metadata, data };
  try {
    await rest.json({ verb: "create", path: resourcePath(SECRET_TYPE, { namespace }), body });
    return value;
  } catch (error) {
    const others = isKubernetesError(error, "AlreadyExists") ? await read(namespace, rest) : undefined;
    if (others === undefined) throw error;
    return others;
  }
}
