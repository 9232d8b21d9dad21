import {
  AuthenticationError,
  MultipleErrors,
  NetworkError,
  ProtocolError,
  ResponseError,
} from "@platformatic/kafka";
import { describe, expect, it } from "vitest";
import { findTerminalError, findTransientError, findWaitingError } from "../../runtime/errors.ts";
import { Secret } from "../../platform/secret.ts";
import { classifyKafkaError } from "./errors.ts";
import type { KafkaSettings } from "../../platform/kafka.ts";

const settings: KafkaSettings = {
  bootstrapServers: ["one:9092", "two:9092"],
  sasl: { mechanism: "PLAIN", username: new Secret("operator"), password: new Secret("hunter2") },
};

function classify(error: unknown): Error {
  return classifyKafkaError(error, settings, 'creating topic "t"');
}

describe("an error of Kafka", () => {
  it("means waiting when no broker answers, and names the servers and each cause once", () => {
    const refused = new NetworkError("Connection to one:9092 failed.", {
      cause: new Error("connect ECONNREFUSED"),
    });
    const waiting = findWaitingError(
      classify(new MultipleErrors("Cannot connect to any broker.", [refused, refused])),
    );
    expect(waiting).toMatchObject({
      reason: "KafkaUnreachable",
      message: "Kafka at one:9092,two:9092 is unreachable: connect ECONNREFUSED",
    });
  });

  it("names the code when Node gives no message", () => {
    const cause = Object.assign(new Error(""), { code: "ETIMEDOUT" });
    expect(classify(new NetworkError("failed", { cause })).message).toContain("ETIMEDOUT");
  });

  it.each([
    ["INVALID_CONFIG"],
    ["INVALID_TOPIC_EXCEPTION"],
    ["INVALID_REPLICATION_FACTOR"],
    ["POLICY_VIOLATION"],
  ])("stalls for what only the manifest can change: %s", (code) => {
    const terminal = findTerminalError(classify(new ProtocolError(code, "the broker's words")));
    expect(terminal).toMatchObject({
      reason: "InvalidSpec",
      message: `Kafka answered ${code} while creating topic "t": the broker's words`,
    });
  });

  it.each([
    ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "Unauthorized"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "Unauthorized"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "Unauthorized"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "KafkaUnreachable"],
  ])("is one of credentials when the broker does not take the certificate: %s", (code, reason) => {
    const cause = Object.assign(new Error("words of OpenSSL"), { code });
    expect(findWaitingError(classify(new NetworkError("failed", { cause })))).toMatchObject({ reason });
  });

  it.each(["TOPIC_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED"])(
    "means missing rights: %s",
    (code) => {
      expect(findWaitingError(classify(new ProtocolError(code)))).toMatchObject({ reason: "Unauthorized" });
    },
  );

  it("means wrong credentials when authentication fails, also inside a failed connection", () => {
    const refused = new NetworkError("Connection to one:9092 failed.", {
      cause: new AuthenticationError("SASL authentication failed."),
    });
    expect(findWaitingError(classify(refused))).toMatchObject({ reason: "Unauthorized" });
  });

  it.each(["THROTTLING_QUOTA_EXCEEDED", "TOPIC_ALREADY_EXISTS"])(
    "waits a second when the cluster is not settled: %s",
    (code) => {
      expect(findWaitingError(classify(new ProtocolError(code)))).toMatchObject({
        reason: "NotSettled",
        retryAfterSeconds: 1,
      });
    },
  );

  it.each(["NOT_CONTROLLER", "REQUEST_TIMED_OUT", "UNKNOWN_SERVER_ERROR"])(
    "is tried again with back-off: %s",
    (code) => {
      expect(findTransientError(classify(new ProtocolError(code)))).toMatchObject({
        reason: "KafkaUnreachable",
      });
    },
  );

  it("takes the first item's answer out of a response", () => {
    const error = new ResponseError(19, 7, { "/topics/0": [40, "bad value"] }, {});
    expect(findTerminalError(classify(error))?.message).toContain(
      'INVALID_CONFIG while creating topic "t": bad value',
    );
  });

  it("keeps its cause and loses its secrets", () => {
    const original = new NetworkError("bad password hunter2");
    const classified = classify(original);
    expect(classified.cause).toBe(original);
    expect(classified.message).not.toContain("hunter2");
  });
});
