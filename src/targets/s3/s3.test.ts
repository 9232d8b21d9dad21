import { describe, expect, it } from "vitest";
import { findTransientError, findWaitingError } from "../../runtime/errors.ts";
import { Secret } from "../../platform/secret.ts";
import { PERMIT } from "../../testing/permit.ts";
import { createStorageClient } from "./client.ts";
import type { RunOptions, StorageClient } from "./client.ts";
import { classifyStorageError } from "./errors.ts";
import { deletePrefix } from "./execute.ts";
import type { StorageSettings } from "../../platform/storage.ts";

const settings: StorageSettings = {
  endpoint: "http://s3.test:7070",
  region: "us-east-1",
  bucket: "lake",
  isPathStyle: true,
  credentials: { kind: "key", accessKeyId: new Secret("key"), secretAccessKey: new Secret("hunter2") },
};

function answer(httpStatusCode: number, name = "SomeError"): Error {
  return Object.assign(new Error("words"), { name, $metadata: { httpStatusCode } });
}

function classify(error: unknown): Error {
  return classifyStorageError(error, settings, "listing");
}

describe("an error of S3", () => {
  it("means waiting when nothing answers", () => {
    const error = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:7070"), { code: "ECONNREFUSED" });
    expect(findWaitingError(classify(error))).toMatchObject({
      reason: "StorageUnreachable",
      message: 'S3 bucket "lake" at http://s3.test:7070 is unreachable: connect ECONNREFUSED 10.0.0.1:7070',
    });
  });

  it.each([
    [401, "Unauthorized"],
    [403, "Unauthorized"],
    [404, "StorageUnreachable"],
    [301, "StorageUnreachable"],
    [429, "StorageUnreachable"],
    [503, "StorageUnreachable"],
  ])("means waiting with its reason when S3 answers %i", (status, reason) => {
    expect(findWaitingError(classify(answer(status)))).toMatchObject({ reason });
  });

  it.each([400, 409, 412, 500])("is tried again with back-off when S3 answers %i", (status) => {
    expect(findTransientError(classify(answer(status)))?.message).toBe(
      `S3 bucket "lake" at http://s3.test:7070 answered ${status} while listing: SomeError: words`,
    );
  });

  it.each([
    ["NoSuchBucket", 'S3 bucket "lake" at http://s3.test:7070 does not exist; create the bucket'],
    [
      "NotFound",
      'S3 bucket "lake" at http://s3.test:7070 was not found; create the bucket, or correct the access key if it is there',
    ],
  ])("says what to do about a missing bucket (%s)", (name, message) => {
    expect(classify(answer(404, name)).message).toBe(message);
  });

  it("means wrong credentials when the access key is unknown, whatever the status", () => {
    expect(findWaitingError(classify(answer(404, "XAdminUserNotFound")))).toMatchObject({
      reason: "Unauthorized",
    });
  });

  it("keeps its cause and loses its secrets", () => {
    const original = new Error("bad key hunter2");
    expect(classify(original).cause).toBe(original);
    expect(classify(original).message).not.toContain("hunter2");
  });
});

describe("deleting a prefix", () => {
  const client = createStorageClient(settings);

  it.each(["", "/", "shop", "shop/web", "/shop/"])(
    "refuses %j, which could be more than one table",
    async (prefix) => {
      await expect(deletePrefix(client, prefix, PERMIT)).rejects.toThrow("refusing to delete");
    },
  );

  it("stops before the next page once the permit is gone", async () => {
    const pages = [["a/1"], ["a/2"]];
    const deleted: unknown[] = [];
    let listed = 0;
    const paged: StorageClient = {
      ...client,
      async run<Answer>({ doing, assertMayWrite }: RunOptions): Promise<Answer> {
        assertMayWrite?.();
        if (doing === "deleting objects") deleted.push(pages[listed - 1]);
        else listed += 1;
        const Contents = pages[listed - 1]?.map((Key) => ({ Key }));
        return { Contents, IsTruncated: listed < pages.length, NextContinuationToken: "x" } as Answer;
      },
    };
    let asked = 0;
    const assertMayWrite = (): void => {
      asked += 1;
      if (asked > 1) throw new Error("the lease is lost");
    };
    await expect(deletePrefix(paged, "a/", { ...PERMIT, assertMayWrite })).rejects.toThrow(
      "the lease is lost",
    );
    expect(deleted).toEqual([["a/1"]]);
  });
});
