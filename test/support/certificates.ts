/** Certificates for tests of TLS, made by openssl. */
import { join } from "node:path";
import { mustRun } from "../../local/support/command.ts";

/** Files of a certificate and its key, PEM. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Where the files of a name are in a folder. */
export function certificateFiles(directory: string, name: string): CertificateFiles {
  return { certificateFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
}

/** Makes a certificate for a name, also as the name of a host: signed by an authority, or by itself and then an authority. */
export async function makeCertificate(
  directory: string,
  name: string,
  authority?: CertificateFiles,
): Promise<CertificateFiles> {
  const files = certificateFiles(directory, name);
  const signed =
    authority === undefined
      ? []
      : [
          ...["-CA", authority.certificateFile, "-CAkey", authority.keyFile],
          ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ];
  await mustRun("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`],
    ...["-keyout", files.keyFile, "-out", files.certificateFile, ...signed],
  ]);
  return files;
}
