import { describe, expect, it } from "vitest";
import { Secret } from "./secret.ts";
import { formProblem } from "./value-form.ts";

describe("a value of a Secret", () => {
  it.each([
    ["Header", "a token-1/+=", undefined],
    ["Header", "token\n", "ends with a line feed"],
    ["Header", "token\r\n", "ends with a line feed"],
    ["Header", "to\nken", "holds a line feed"],
    ["Header", "token\t", "holds a control character"],
    ["Header", " token", "begins or ends with a blank"],
    ["Header", "tökén", "beyond ASCII"],
    ["Header", "\uFFFDtoken", "is not text in UTF-8"],
    ["Text", "pässword with blanks ", undefined],
    ["Text", "password\n", "ends with a line feed"],
    ["Text", "pass\0word", "holds a control character"],
    ["ClientId", "pipeline-1", undefined],
    ["ClientId", "urn:pipeline", "holds a colon"],
    ["ClientId", "pipeline\n", "ends with a line feed"],
    ["Certificates", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n", undefined],
    ["Certificates", "MII", "holds no certificate in PEM form"],
    ["PrivateKey", "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n", undefined],
    ["PrivateKey", "-----BEGIN CERTIFICATE-----", "holds no private key in PEM form"],
    ["PrivateKey", "-----BEGIN ENCRYPTED PRIVATE KEY-----", "store it without a passphrase"],
    [
      "PrivateKey",
      "-----BEGIN RSA PRIVATE KEY-----",
      'holds a key as "RSA PRIVATE KEY" and must hold it in PKCS#8 form',
    ],
    ["Keytab", "\u0005\u0002\uFFFD", undefined],
    ["Keytab", "BQIAAAB", "is no keytab of Kerberos 5"],
    ["PrivateKey", "-----BEGIN EC PRIVATE KEY-----", "privateKey.encoding: PKCS8"],
  ] as const)("that is a %s: %j", (form, value, problem) => {
    const told = formProblem(new Secret(value), form);
    if (problem === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(problem);
  });
});
