/** What HBase and its administration refuse, classified once: what the runtime should do, and a message for the resource's condition. */
import type { HBaseSettings } from "../../platform/hbase.ts";
import { TerminalError, TransientError, WaitingError } from "../../runtime/errors.ts";
import type { JsonAnswer } from "../http/json-client.ts";

const REFUSED_RETRY_SECONDS = 30;
const BUSY_RETRY_SECONDS = 5;

/** Where a request went. */
export interface Place {
  readonly settings: HBaseSettings;
  /** Base address of the administration. */
  readonly adminUrl: string;
  /** Completes "while …". */
  readonly doing: string;
}

/** Class and reason of an answer that is no success. */
export function answerToError(answer: Extract<JsonAnswer, { ok: false }>, place: Place): Error {
  const { status } = answer;
  const said = messageOf(answer.body) ?? answer.message;
  const hbase = `HBase at ${place.settings.bootstrapServers.join(", ")}`;
  switch (status) {
    case 400:
    case 422:
      return new TerminalError("InvalidSpec", `${hbase} refused ${place.doing}: ${said}`);
    case 403:
      return new WaitingError("Unauthorized", `${hbase} does not allow ${place.doing}: ${said}`, {
        retryAfterSeconds: REFUSED_RETRY_SECONDS,
      });
    case 404:
    case 409:
      // Somebody else was quicker: the next pass reads how it is now.
      return new TransientError("ResourceConflict", `${hbase} refused ${place.doing}: ${said}`);
    case 503:
      return new WaitingError("HBaseUnreachable", `${hbase} is unreachable: ${said}`);
    case 504:
      return new WaitingError("HBaseUnreachable", `${said} while ${place.doing}`, {
        retryAfterSeconds: BUSY_RETRY_SECONDS,
      });
    default:
      return new WaitingError(
        "HBaseUnreachable",
        `the administration of HBase at ${place.adminUrl} does not answer: ${said}; apply manifests/operator/hbase-admin`,
      );
  }
}

/** An answer that is not what was agreed. */
export function unreadableAnswer({ adminUrl, doing }: Place, cause: unknown): Error {
  return new TransientError(
    "HBaseUnreachable",
    `the administration of HBase at ${adminUrl} answered otherwise than agreed while ${doing}; is it of the operator's release?`,
    { cause },
  );
}

function messageOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("message" in body)) return undefined;
  return typeof body.message === "string" ? body.message : undefined;
}
