/** The process's pino logger: JSON lines on stdout, errors without credentials. */
import pino from "pino";
import type { DestinationStream, Logger } from "pino";
import { scrub } from "./scrub.ts";

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
    serializers: { err: describeError },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** An error as data: class, message and stack with the credentials removed, and the causes' messages. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: scrub(String(error)) };
  const causes = causeMessages(error);
  return {
    type: error.name,
    message: scrub(error.message),
    ...(causes.length > 0 ? { causes } : {}),
    stack: scrub(error.stack ?? ""),
  };
}

/** Message of anything thrown; of an error without a message, its name or code. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : error.name;
}

function causeMessages(error: Error): string[] {
  const messages: string[] = [];
  let cause: unknown = error.cause;
  while (cause !== undefined && cause !== null && messages.length < 5) {
    messages.push(scrub(messageOf(cause)));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return messages;
}
