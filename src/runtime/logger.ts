/** The process's pino logger: JSON lines on stdout, errors without credentials. */
import { messageOf } from "../api/text.ts";
import pino from "pino";
import type { Bindings, DestinationStream, Logger } from "pino";
import { scrub } from "./pass/scrub.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** Paths that never hold anything but credentials, wherever somebody logs an options object. */
const REDACTED = ["password", "token", "secretAccessKey", "authorization"].flatMap((key) => [
  key,
  `*.${key}`,
]);

/** Makes the root logger; everything else is a child of it. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: "***" },
    serializers: { err: (error: unknown) => describeError(error) },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** A child whose lines never show these values, which may become more while it is used. */
export function scrubbedLogger(logger: Logger, bindings: Bindings, secrets: Iterable<string>): Logger {
  return logger.child(bindings, {
    serializers: { err: (error: unknown) => describeError(error, secrets) },
    formatters: { log: (fields) => scrubFields(fields, secrets) as Record<string, unknown> },
  });
}

/** An error as data: class, message and stack with the credentials removed, and the causes' messages. */
function describeError(error: unknown, secrets: Iterable<string> = []): object {
  if (!(error instanceof Error)) return { message: scrub(String(error), secrets) };
  const causes = causeMessages(error).map((message) => scrub(message, secrets));
  return {
    type: error.name,
    message: scrub(error.message, secrets),
    ...(causes.length > 0 ? { causes } : {}),
    stack: scrub(error.stack ?? "", secrets),
  };
}

/** Plain data only; errors and other objects with a class have serializers of their own. */
function scrubFields(value: unknown, secrets: Iterable<string>): unknown {
  if (typeof value === "string") return scrub(value, secrets);
  if (Array.isArray(value)) return value.map((each) => scrubFields(each, secrets));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, scrubFields(each, secrets)]));
}

function causeMessages(error: Error): string[] {
  const messages: string[] = [];
  let cause: unknown = error.cause;
  while (cause !== undefined && cause !== null && messages.length < 5) {
    messages.push(messageOf(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages;
}
