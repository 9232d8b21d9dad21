/** Connection to one S3 bucket: the SDK's client with time limits of ours. */
import { S3Client } from "@aws-sdk/client-s3";
import { authoritiesWith } from "../http/authorities.ts";
import { classifyStorageError } from "./errors.ts";
import type { StorageSettings } from "../../platform/storage.ts";

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** One repetition for a connection that the server closed meanwhile; longer pauses are the runtime's business. */
const MAX_ATTEMPTS = 2;

export interface RunOptions {
  /** Completes "while …" in an error's message. */
  readonly doing: string;
  readonly signal: AbortSignal | undefined;
  /** Of a change: asked right before it is sent; throws when it may not be. */
  readonly assertMayWrite?: () => void;
}

/** Second argument of the SDK's `send`. */
export interface HttpOptions {
  readonly abortSignal?: AbortSignal;
}

export interface StorageClient {
  readonly settings: StorageSettings;
  readonly sdk: S3Client;
  /** Runs a request and gives its failure the runtime's class. */
  run<Answer>(
    options: RunOptions,
    request: (sdk: S3Client, http: HttpOptions) => Promise<Answer>,
  ): Promise<Answer>;
  close(): void;
}

/** Makes a client; it connects at the first request. */
export function createStorageClient(settings: StorageSettings): StorageClient {
  const { certificateAuthority, credentials } = settings;
  const sdk = new S3Client({
    endpoint: settings.endpoint,
    region: settings.region,
    forcePathStyle: settings.isPathStyle,
    // Without keys the SDK looks where clouds put the identity of a process, and renews what it found.
    ...(credentials.kind === "key" && {
      credentials: {
        accessKeyId: credentials.accessKeyId.reveal(),
        secretAccessKey: credentials.secretAccessKey.reveal(),
      },
    }),
    maxAttempts: MAX_ATTEMPTS,
    // Other S3 servers than Amazon's do not all know the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      ...(certificateAuthority !== undefined && {
        httpsAgent: { ca: authoritiesWith(certificateAuthority) },
      }),
    },
  });
  return {
    settings,
    sdk,
    async run({ doing, signal, assertMayWrite }, request) {
      assertMayWrite?.();
      try {
        return await request(sdk, signal === undefined ? {} : { abortSignal: signal });
      } catch (error) {
        // Somebody stopped the pass; that says nothing about the bucket.
        signal?.throwIfAborted();
        throw classifyStorageError(error, settings, doing);
      }
    },
    close: () => sdk.destroy(),
  };
}
