import { describe, expect, it } from "vitest";
import { scrub, scrubAll, secretValues } from "./scrub.ts";

describe("scrub", () => {
  it.each([
    [
      "user and password of a URL",
      "GET https://alice:s3cret@host/x failed",
      "GET https://alice:***@host/x failed",
    ],
    ["a bearer token", "Authorization: Bearer abc.def-123456", "Authorization: Bearer ***"],
    ["a password as a setting", 'sasl.password="hunter2", retries=3', 'sasl.password="***", retries=3'],
    ["a secret key in JSON", '{"secretAccessKey":"abc/def+1"}', '{"secretAccessKey":"***"}'],
    [
      "the signature of a signed URL",
      "?X-Amz-Signature=abcdef&X-Amz-Date=1",
      "?X-Amz-Signature=***&X-Amz-Date=1",
    ],
  ])("takes out %s", (_what, text, expected) => {
    expect(scrub(text)).toBe(expected);
  });

  it("takes out the given values, as they are and URL-encoded", () => {
    expect(scrub("a p@ss/word, p%40ss%2Fword b", ["p@ss/word"])).toBe("a ***, *** b");
  });

  it("leaves nothing of a secret that begins like another", () => {
    expect(scrub("key=abcde-fgh, also abcde", ["abcde", "abcde-fgh"])).toBe("key=***, also ***");
  });

  it("leaves ordinary messages alone, also when a secret is too short to be told from a word", () => {
    const message = 'the bucket "clickstream" has no key "access"; token expired';
    expect(scrub(message, ["key", ""])).toBe(message);
  });
});

describe("scrubAll", () => {
  it("goes into lists and objects, and leaves everything but texts as it is", () => {
    const status = {
      rows: 7,
      catalogs: [{ name: "lake", reachable: false, message: "login hunter22 refused" }],
    };
    expect(scrubAll(status, ["hunter22"])).toEqual({
      rows: 7,
      catalogs: [{ name: "lake", reachable: false, message: "login *** refused" }],
    });
  });
});

describe("secretValues", () => {
  it("decodes what proves an identity and leaves out what only names it", () => {
    const encode = (text: string): string => Buffer.from(text).toString("base64");
    const data = {
      accessKeyId: encode("clickstream"),
      secretAccessKey: encode("clickstream-secret\n"),
      username: encode("alice"),
      "ca.crt": encode("-----BEGIN CERTIFICATE-----"),
      token: encode("abc"),
      "sa.json": encode('{\r\n  "a": 7,\r\n  "private_key": "MIIE"\r\n}'),
    };
    expect(secretValues(data)).toEqual([
      "clickstream-secret",
      "abc",
      '{\r\n  "a": 7,\r\n  "private_key": "MIIE"\r\n}',
      '"private_key": "MIIE"',
    ]);
    expect(secretValues(undefined)).toEqual([]);
  });
});
