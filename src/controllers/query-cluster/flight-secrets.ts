/** The Secrets of the Flight SQL gateway, where its pods see them, and what is wrong with them. Pure. */
import { X509Certificate, createPrivateKey } from "node:crypto";
import type { QueryClusterSpec } from "../../crds/kinds.ts";
import { FLIGHT_DEFAULTS } from "../../crds/kinds.ts";
import type { Secret } from "../../platform/secret.ts";
import type { SecretFile } from "../../platform/references.ts";
import type { SecretKey, Secrets } from "../../platform/secrets.ts";
import { valueAt } from "../../platform/secrets.ts";
import { keyProblem } from "../../platform/value-form.ts";
import { WaitingError } from "../../runtime/errors.ts";
import type { Problem } from "../../targets/kubernetes/admission.ts";

type Flight = NonNullable<QueryClusterSpec["flight"]>;

/** A key of a Secret, and the file that it is in the gateway's pods. */
export interface FlightFile extends SecretKey {
  readonly file: SecretFile;
}

/** The files of a gateway; absent where the spec names no Secret for it. */
export interface FlightFiles {
  readonly certificate?: FlightFile;
  readonly privateKey?: FlightFile;
  readonly users?: FlightFile;
  readonly signingKey?: FlightFile;
}

const FOLDER = "/etc/openclickstream-flight";

export function flightFiles({ tls, users, signingKey }: Flight): FlightFiles {
  const ofTls = (name: string): FlightFile => ({
    secret: tls?.secretRef.name ?? "",
    key: name,
    file: { volume: "flight-tls", folder: `${FOLDER}-tls`, name },
  });
  return {
    ...(tls && { certificate: ofTls("tls.crt"), privateKey: ofTls("tls.key") }),
    ...(users && {
      users: {
        secret: users.secretRef.name,
        key: users.secretRef.key ?? FLIGHT_DEFAULTS.usersKey,
        file: { volume: "flight-users", folder: `${FOLDER}-users`, name: "users" },
      },
    }),
    ...(signingKey && {
      signingKey: {
        secret: signingKey.secretRef.name,
        key: signingKey.secretRef.key ?? FLIGHT_DEFAULTS.signingKey,
        file: { volume: "flight-key", folder: `${FOLDER}-key`, name: "key" },
      },
    }),
  };
}

/** Names of the Secrets that a cluster's gateway needs; none without a gateway. */
export function flightSecretNames({ flight }: QueryClusterSpec): readonly string[] {
  const files: readonly (FlightFile | undefined)[] = Object.values(flightFiles(flight ?? {}));
  return [...new Set(files.flatMap((file) => (file === undefined ? [] : [file.secret])))];
}

/** What is wrong with the gateway's Secrets at this time, told without their values; `undefined` when nothing is. Throws where nobody knows. */
export function flightSecretProblem(flight: Flight, secrets: Secrets, now: Date): Problem | undefined {
  const { certificate, privateKey, users, signingKey } = flightFiles(flight);
  try {
    if (certificate !== undefined && privateKey !== undefined) {
      requireCertificate({ certificate, privateKey }, secrets, now);
    }
    if (users !== undefined) requireUsers(users, valueAt(users, secrets));
    if (signingKey !== undefined) requireSigningKey(signingKey, secrets);
    return undefined;
  } catch (error) {
    if (error instanceof WaitingError) return { reason: error.reason, message: error.message };
    throw error;
  }
}

/** When the gateway's certificate ends; `undefined` without one that can be read. */
export function certificateEnd(flight: Flight, secrets: Secrets): Date | undefined {
  const { certificate } = flightFiles(flight);
  const read = secrets.get(certificate?.secret ?? "");
  const value = read?.state === "present" ? read.values.get(certificate?.key ?? "") : undefined;
  try {
    return value === undefined ? undefined : new X509Certificate(value.reveal()).validToDate;
  } catch {
    return undefined; // the condition says what is wrong with it
  }
}

/** Whether pods could start with the values that they get once: all are known and of use. The dates of a certificate do not matter to that. */
export function canStartWith(
  { certificate, privateKey, signingKey }: FlightFiles,
  secrets: Secrets,
): boolean {
  try {
    if (certificate !== undefined && privateKey !== undefined) {
      requirePair({ certificate, privateKey }, secrets);
    }
    if (signingKey !== undefined) requireSigningKey(signingKey, secrets);
    return true;
  } catch {
    return false; // the condition says what is wrong with them
  }
}

const LEAST_KEY_BYTES = 32;

function requireSigningKey(at: FlightFile, secrets: Secrets): void {
  if (Buffer.byteLength(valueAt(at, secrets).reveal()) >= LEAST_KEY_BYTES) return;
  throw invalid(at, `is shorter than ${LEAST_KEY_BYTES} bytes; make one with openssl rand`);
}

function requireCertificate(
  { certificate, privateKey }: Required<Pick<FlightFiles, "certificate" | "privateKey">>,
  secrets: Secrets,
  now: Date,
): void {
  const chain = requirePair({ certificate, privateKey }, secrets);
  if (chain.validToDate <= now) {
    throw invalid(
      certificate,
      `is a certificate that expired at ${chain.validToDate.toISOString()}; renew it`,
    );
  }
  if (chain.validFromDate > now) {
    throw invalid(
      certificate,
      `is a certificate that is valid from ${chain.validFromDate.toISOString()} only`,
    );
  }
}

/** The certificate, whose key the other value is. */
function requirePair(
  { certificate, privateKey }: Required<Pick<FlightFiles, "certificate" | "privateKey">>,
  secrets: Secrets,
): X509Certificate {
  const chain = readCertificate(certificate, valueAt(certificate, secrets));
  const key = readKey(privateKey, valueAt(privateKey, secrets));
  if (!chain.checkPrivateKey(key))
    throw invalid(privateKey, "is not the key of the certificate; store the two together");
  return chain;
}

function readCertificate(at: FlightFile, value: Secret): X509Certificate {
  try {
    return new X509Certificate(value.reveal());
  } catch {
    throw invalid(at, "is no certificate in PEM form");
  }
}

function readKey(at: FlightFile, value: Secret): ReturnType<typeof createPrivateKey> {
  const problem = keyProblem(value.reveal());
  if (problem !== undefined) throw invalid(at, problem);
  try {
    return createPrivateKey(value.reveal());
  } catch {
    throw invalid(at, "holds a private key that cannot be read");
  }
}

/** Only whether a line has a name and a password: the gateway reads the rest. */
function requireUsers(at: FlightFile, value: Secret): void {
  const lines = value
    .reveal()
    .split("\n")
    .map((line) => line.trim());
  const given = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (given.length === 0) throw invalid(at, "names no user; store a line 'name:password' for each");
  const wrong = lines.findIndex((line) => line !== "" && !line.startsWith("#") && !/^[^:]+:./.test(line));
  if (wrong >= 0) throw invalid(at, `has no 'name:password' in line ${wrong + 1}`);
}

function invalid({ secret, key }: SecretKey, problem: string): WaitingError {
  return new WaitingError("SecretValueInvalid", `the value of key "${key}" in Secret "${secret}" ${problem}`);
}
