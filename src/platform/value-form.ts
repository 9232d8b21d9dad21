/** What is wrong with a value of a Secret, found before any system is asked and described without the value. Pure. */
import type { Secret } from "./secret.ts";

/** `Header` is sent in a header of HTTP, `Text` in one line anywhere else, `ClientId` before a colon and a secret; `Certificates` and `PrivateKey` are files in PEM form; `Keytab` is one of Kerberos. */
export type ValueForm = "Header" | "Text" | "ClientId" | "Certificates" | "PrivateKey" | "Keytab";

/** Goes on a sentence that begins with what the value is; `undefined` when it can be used. */
export function formProblem(secret: Secret, form: ValueForm): string | undefined {
  const value = secret.reveal();
  if (form === "Certificates") {
    return value.includes("-----BEGIN CERTIFICATE-----") ? undefined : "holds no certificate in PEM form";
  }
  if (form === "PrivateKey") return keyProblem(value);
  if (form === "Keytab") return value.startsWith(KEYTAB_BEGINNING) ? undefined : "is no keytab of Kerberos 5";
  return lineProblem(value) ?? textProblem(value, form);
}

function lineProblem(value: string): string | undefined {
  if (/[\r\n]$/.test(value)) return `ends with a line feed, as echo writes one; ${ADVICE}`;
  if (/[\r\n]/.test(value)) return "holds a line feed; it must be one line";
  if (CONTROL.test(value)) return "holds a control character; it must be text of one line";
  return value.includes(UNDECODABLE) ? "is not text in UTF-8" : undefined;
}

function textProblem(value: string, form: ValueForm): string | undefined {
  if (form === "ClientId") {
    return value.includes(":") ? "holds a colon, which ends a client's id" : undefined;
  }
  return form === "Header" ? headerProblem(value) : undefined;
}

/** Both the format and its version, 2. */
const KEYTAB_BEGINNING = "\u0005\u0002";

const ADVICE =
  "store it without (printf '%s' instead of echo, or kubectl create secret generic --from-literal)";
const CONTROL = /[\u0000-\u001f\u007f]/;
/** What stands for bytes that are no UTF-8. */
const UNDECODABLE = "\uFFFD";

/** Java reads no other form of a key than PKCS#8, and nobody has a passphrase for it. */
export function keyProblem(value: string): string | undefined {
  if (value.includes("-----BEGIN PRIVATE KEY-----")) return undefined;
  const found = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----/.exec(value)?.[1];
  if (found === undefined) return "holds no private key in PEM form";
  if (found === "ENCRYPTED PRIVATE KEY")
    return "holds an encrypted private key; store it without a passphrase";
  return `holds a key as "${found}" and must hold it in PKCS#8 form; convert it with openssl pkcs8 -topk8 -nocrypt, or set privateKey.encoding: PKCS8 in cert-manager's Certificate`;
}

function headerProblem(value: string): string | undefined {
  if (/^ | $/.test(value)) return "begins or ends with a blank, which no header keeps; store it without";
  return /^[\u0020-\u007e]*$/.test(value)
    ? undefined
    : "holds a character beyond ASCII, which cannot be sent in a header";
}
