import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KafkaClient, RequestTarget, Sending } from "./client.ts";
import { createTopicRequests } from "./topic-requests.ts";

const NOT_CONTROLLER = 41;
const OPTIONS = { doing: "deleting a topic" };

/** A client whose every request is answered by `answer`. */
class FakeClient implements KafkaClient {
  readonly settings = { bootstrapServers: ["kafka:9092"] } as unknown as KafkaClient["settings"];
  forgotten = 0;
  answer: (begin: () => unknown) => Promise<unknown> = async () => undefined;

  call(): Promise<never> {
    throw new Error("not asked here");
  }

  send<Response>(
    _to: RequestTarget,
    begin: () => Sending<Response> | undefined,
  ): Promise<Response | undefined> {
    return this.answer(begin) as Promise<Response | undefined>;
  }

  forgetController(): void {
    this.forgotten += 1;
  }

  async close(): Promise<void> {}
}

let client: FakeClient;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  client = new FakeClient();
});

afterEach(() => vi.useRealTimers());

describe("createTopicRequests", () => {
  it("asks anew who the controller is when the broker says for a topic that it is not", async () => {
    const requests = createTopicRequests(client);
    const answered = (errorCode: number) => async (begin: () => unknown) => {
      begin();
      return { responses: [{ topicId: "a", errorCode }] };
    };
    client.answer = answered(0);
    await requests.deleteTopic("a", OPTIONS);
    expect(client.forgotten).toBe(0);
    client.answer = answered(NOT_CONTROLLER);
    await expect(requests.deleteTopic("a", OPTIONS)).resolves.toMatchObject({ errorCode: NOT_CONTROLLER });
    expect(client.forgotten).toBe(1);
  });

  it("gives a request up that never ends, sends nothing of it later, and serves those that wait behind it", async () => {
    const requests = createTopicRequests(client);
    const started = Promise.withResolvers<() => unknown>();
    client.answer = (begin) => {
      started.resolve(begin);
      return new Promise(() => undefined);
    };
    const lost = requests.deleteTopic("a", OPTIONS).catch((error: unknown) => error);
    const lateBegin = await started.promise;
    client.answer = async (begin) => {
      begin();
      return { responses: [{ topicId: "b", errorCode: 0 }] };
    };
    const next = requests.deleteTopic("b", OPTIONS);
    await vi.advanceTimersByTimeAsync(61_000);
    expect(await lost).toMatchObject({
      reason: "KafkaUnreachable",
      message: expect.stringContaining("within 60 s") as string,
    });
    expect(await next).toMatchObject({ topicId: "b" });
    expect(lateBegin()).toBeUndefined();
  });
});
