/** Values that must not be seen: they print as `***` wherever they end up, and can be taken out of foreign texts. */
import { inspect } from "node:util";
import { scrub as scrubText } from "../runtime/pass/scrub.ts";

const MASK = "***";

/** A secret text. Only `reveal` gives it, and only a client's connection code calls that. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. Never put it in a message, a log line, a status or an object of the cluster. */
  reveal(): string {
    return this.#value;
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
