import { describe, expect, it } from "vitest";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { Claimant } from "./claimed-kind.ts";
import type { Found, Notice } from "./notices.ts";
import { leftNotice, noticeOf, replacementNotice, tell } from "./notices.ts";

const WORDS = { contents: "records", id: "id", removed: "deleted", system: "Kafka", field: "topicName" };

function found({
  id,
  before,
  wasInEffect = false,
}: {
  id?: string;
  before?: string;
  wasInEffect?: boolean;
}): Found {
  return { thing: 'topic "web"', id, before: { id: before, wasInEffect }, words: WORDS };
}

describe("what is told of a claimed thing", () => {
  it.each<[string, Found, string]>([
    ["made for the first time", found({}), "Normal Created: done: this"],
    ["changed with the spec", found({ id: "1", before: "1" }), "Normal Updated: done: this"],
    ["taken over", found({ id: "1" }), "Normal Updated: done: this"],
    [
      "set back after somebody's change",
      found({ id: "1", before: "1", wasInEffect: true }),
      'Warning DriftCorrected: topic "web" had been changed outside of Kubernetes; done: this',
    ],
    [
      "made again after it was gone, with another spec too",
      found({ before: "1" }),
      'Warning DriftCorrected: topic "web" was gone, with its records; done: this',
    ],
  ])("%s", (_case, thing, expected) => {
    const { type, reason, message } = noticeOf("this", thing);
    expect(`${type} ${reason}: ${message}`).toBe(expected);
  });

  it("another id is another thing, and the contents of the old one are gone", () => {
    expect(replacementNotice(found({ id: "2", before: "1" }))).toEqual([
      {
        type: "Warning",
        reason: "Recreated",
        message:
          'topic "web" was deleted and created again outside of Kubernetes (id 1 before, 2 now); the records of the old one are gone',
      },
    ]);
  });

  it.each([found({}), found({ id: "1" }), found({ before: "1" }), found({ id: "1", before: "1" })])(
    "nothing is told of a replacement without one: %o",
    (thing) => {
      expect(replacementNotice(thing)).toEqual([]);
    },
  );

  it("a thing that stays behind is told with the platform that is gone", () => {
    const stream = { spec: { platformRef: { name: "lake" } } } as Claimant;
    expect(leftNotice({ describe: () => 'topic "web"', words: WORDS }, stream)).toEqual({
      type: "Warning",
      reason: "CleanupAbandoned",
      message: 'topic "web" was left: DataPlatform "lake" is gone, and with it the way to Kafka',
    });
  });

  it.each<[Notice, string]>([
    [{ type: "Normal", reason: "Created", message: "made" }, "info made"],
    [{ type: "Warning", reason: "CleanupAbandoned", message: "left" }, "warn left"],
  ])("%o goes to the log and to the Events", (notice, line) => {
    const told: string[] = [];
    const logger = {
      info: (_fields: object, message: string) => told.push(`info ${message}`),
      warn: (_fields: object, message: string) => told.push(`warn ${message}`),
    };
    const recordEvent = (...event: string[]): number => told.push(event.join(" "));
    tell(notice, { logger, recordEvent } as unknown as ReconcileContext);
    expect(told).toEqual([line, `${notice.type} ${notice.reason} ${notice.message}`]);
  });
});
