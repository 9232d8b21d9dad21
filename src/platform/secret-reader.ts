/** Reads Secrets by name, live, and lets all passes of the process share what one of them has just read (ADR 0402). */
import { createHmac } from "node:crypto";
import type { KubernetesObject, ResourceKey, ResourceType } from "../api/objects.ts";
import type { ReconcileContext } from "../runtime/controller.ts";
import { findObject } from "../runtime/http/api-client.ts";
import type { RestClient } from "../runtime/http/rest-client.ts";
import { secretValues } from "../runtime/pass/scrub.ts";
import { Secret } from "./secret.ts";
import type { SecretRead, Secrets } from "./secrets.ts";

export const SECRET_TYPE: ResourceType = { group: "", version: "v1", kind: "Secret", plural: "secrets" };

/** A Secret as the API server sends it: values in base64. */
export interface SecretObject extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** One GET; `undefined` when there is no such Secret. Rejects when nobody knows. */
export type GetSecret = (key: ResourceKey) => Promise<SecretObject | undefined>;

/** GETs over a connection to the API server. */
export function getSecretsOver(rest: RestClient): GetSecret {
  return (key) => findObject<SecretObject>(rest, { type: SECRET_TYPE, key });
}

/**
 * So long a Secret counts as just read. No longer than the pause after which a waiting pass comes again (`DEFAULT_RETRY_AFTER_SECONDS`):
 * a pass that was refused with a password never comes back with the same reading.
 */
export const HOLD_SECONDS = 10;
/** The same for a Secret that was not there or could not be read: a resource that waits for it must not wait much longer than its creation takes. */
const HOLD_MISSING_SECONDS = 2;

interface Reading {
  readonly read: SecretRead;
  /** What no message may show. */
  readonly hidden: readonly string[];
}

interface Held {
  readonly reading: Promise<Reading>;
  /** On the reader's clock; infinite while the request runs, so that there is only one. */
  endsAt: number;
}

/** Who names the Secrets; they are in its namespace. */
type Referrer = Pick<KubernetesObject, "metadata">;

/** Gives the key of editions. Rejects when it can be neither read nor made. */
export type GetEditionKey = () => Promise<Uint8Array>;

/** What a reader reads with. */
export interface SecretSource {
  readonly get: GetSecret;
  readonly editionKey: GetEditionKey;
  /** In milliseconds; never goes back. */
  readonly now?: () => number;
}

export class SecretReader {
  readonly #get: GetSecret;
  readonly #editionKey: GetEditionKey;
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();

  constructor({ get, editionKey, now = () => performance.now() }: SecretSource) {
    this.#get = get;
    this.#editionKey = editionKey;
    this.#now = now;
  }

  /**
   * The Secrets with these names, as they were at most `HOLD_SECONDS` ago. A referrer whose spec has changed gets them as they are now.
   * The pass hides their values from then on. Never throws.
   */
  async read(
    referrer: Referrer,
    names: readonly string[],
    pass: Pick<ReconcileContext, "hide">,
  ): Promise<Secrets> {
    const readings = await Promise.all(names.map(async (name) => this.#readOne(referrer, name)));
    for (const { hidden } of readings) pass.hide(hidden);
    return new Map(readings.map(({ read }, nth) => [names[nth] ?? "", read]));
  }

  /** The next pass reads again what this referrer names: a system has refused what was read. */
  forget(referrer: Referrer): void {
    const prefix = `${placeOf(referrer)}/`;
    for (const id of this.#held.keys()) {
      if (id.startsWith(prefix)) this.#held.delete(id);
    }
  }

  #readOne(referrer: Referrer, name: string): Promise<Reading> {
    const { namespace = "", generation = 0 } = referrer.metadata;
    const id = `${placeOf(referrer)}/${generation}/${name}`;
    const now = this.#now();
    const held = this.#held.get(id);
    if (held !== undefined && now < held.endsAt) return held.reading;
    this.#dropEnded(now);
    const fresh: Held = { reading: this.#request({ namespace, name }), endsAt: Infinity };
    this.#held.set(id, fresh);
    void fresh.reading.then(({ read }) => {
      fresh.endsAt = now + 1000 * (read.state === "present" ? HOLD_SECONDS : HOLD_MISSING_SECONDS);
    });
    return fresh.reading;
  }

  #dropEnded(now: number): void {
    for (const [id, { endsAt }] of this.#held) {
      if (endsAt <= now) this.#held.delete(id);
    }
  }

  async #request(key: ResourceKey): Promise<Reading> {
    try {
      const secret = await this.#get(key);
      if (secret === undefined) return { read: { state: "absent" }, hidden: [] };
      const editions = editionsBy(await this.#editionKey(), key, secret);
      const read: SecretRead = { state: "present", values: decode(secret), editions };
      return { read, hidden: secretValues(secret.data) };
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      return { read: { state: "unknown", error: cause }, hidden: [] };
    }
  }
}

function placeOf({ metadata }: Referrer): string {
  return `${metadata.namespace ?? ""}/${metadata.uid ?? metadata.name}`;
}

/** The place is part of it, so that nobody sees where one value stands twice. */
function editionsBy(
  editionKey: Uint8Array,
  { namespace, name }: ResourceKey,
  { data = {} }: SecretObject,
): ReadonlyMap<string, string> {
  const edition = (key: string, value: string): string =>
    createHmac("sha256", editionKey)
      .update(JSON.stringify([namespace, name, key, value]))
      .digest("hex");
  return new Map(Object.entries(data).map(([key, value]) => [key, edition(key, value)]));
}

function decode({ data = {} }: SecretObject): ReadonlyMap<string, Secret> {
  return new Map(
    Object.entries(data).map(([key, value]) => [
      key,
      new Secret(Buffer.from(value, "base64").toString("utf8"), value),
    ]),
  );
}
