/** Values that must not be seen: they print as `***` wherever they end up, and can be taken out of foreign texts. */
import { inspect } from "node:util";
import { scrub as scrubText } from "../runtime/pass/scrub.ts";

const MASK = "***";

/** A secret text. Only `reveal` gives it, and only a client's connection code calls that. */
export class Secret {
  readonly #value: string;
  readonly #bytes: string;

  /** `bytes` are those that the text stands for, as base64, where they may be no text. */
  constructor(value: string, bytes: string = Buffer.from(value).toString("base64")) {
    this.#value = value;
    this.#bytes = bytes;
  }

  /** The secret itself. Never put it in a message, a log line, a status or an object of the cluster. */
  reveal(): string {
    return this.#value;
  }

  /** The secret's bytes as base64, as a secret of its own: what is no text is not whole in `reveal`. */
  inBase64(): Secret {
    return new Secret(this.#bytes);
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** A foreign text (an error's message) with every one of the secrets replaced by `***`. */
export function scrub(text: string, secrets: readonly Secret[]): string {
  return scrubText(
    text,
    secrets.map((secret) => secret.reveal()),
  );
}
