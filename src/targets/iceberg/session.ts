/** The credentials of a catalog as the header of a request: a fixed token, or one that OAuth2 gives and that is renewed in time. */
import type { Dispatcher } from "undici";
import { request } from "undici";
import { z } from "zod";
import { answerToError, failureToError, unreadableAnswer } from "./errors.ts";
import type { CatalogCredentials, CatalogSettings } from "../../platform/catalog.ts";

/** Share of a token's life after which it is renewed. */
const RENEW_AFTER = 0.8;
const DEFAULT_LIFE_SECONDS = 3600;
const DOING = "asking for a token";

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().optional(),
});

export interface Session {
  /** Headers that prove who we are. */
  headers(signal: AbortSignal | undefined): Promise<Readonly<Record<string, string>>>;
  /** The catalog refused the headers; `true` when asking again may help, because it will have new headers. */
  refused(): boolean;
}

/** A session for the catalog's credentials. `now` is in milliseconds. */
export function createSession(settings: CatalogSettings, dispatcher: Dispatcher, now: () => number): Session {
  const { credentials } = settings;
  if (credentials === undefined) return { headers: async () => ({}), refused: () => false };
  if (credentials.kind === "token") {
    return { headers: async () => bearer(credentials.token.reveal()), refused: () => false };
  }
  return new OAuthSession({ settings, credentials, dispatcher, now });
}

interface OAuthContext {
  readonly settings: CatalogSettings;
  readonly credentials: Extract<CatalogCredentials, { kind: "client" }>;
  readonly dispatcher: Dispatcher;
  readonly now: () => number;
}

class OAuthSession implements Session {
  readonly #context: OAuthContext;
  #token: Promise<{ readonly value: string; readonly renewAt: number }> | undefined;

  constructor(context: OAuthContext) {
    this.#context = context;
  }

  async headers(signal: AbortSignal | undefined): Promise<Readonly<Record<string, string>>> {
    const held = await this.#token?.catch(() => undefined);
    if (held !== undefined && held.renewAt > this.#context.now()) return bearer(held.value);
    this.#token = this.#fetchToken(signal);
    return bearer((await this.#token).value);
  }

  refused(): boolean {
    this.#token = undefined;
    return true;
  }

  async #fetchToken(signal: AbortSignal | undefined): Promise<{ value: string; renewAt: number }> {
    const { settings, credentials, dispatcher, now } = this.#context;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: credentials.clientId.reveal(),
      client_secret: credentials.clientSecret.reveal(),
      scope: credentials.scope,
    });
    const uri = credentials.tokenUri ?? `${settings.uri.replace(/\/+$/, "")}/v1/oauth/tokens`;
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };
    const asked = now();
    const answer = await request(uri, {
      method: "POST",
      headers,
      body: form.toString(),
      dispatcher,
      signal: signal ?? null,
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw failureToError(error, settings);
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) {
      throw answerToError({ status: answer.statusCode, type: "", message: text }, settings, DOING);
    }
    const parsed = tokenAnswer.safeParse(parseOrUndefined(text));
    if (!parsed.success) throw unreadableAnswer(settings, DOING);
    const life = parsed.data.expires_in ?? DEFAULT_LIFE_SECONDS;
    return { value: parsed.data.access_token, renewAt: asked + life * 1000 * RENEW_AFTER };
  }
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
