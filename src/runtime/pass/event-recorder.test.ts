import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KubernetesError } from "../http/kubernetes-client.ts";
import { createEventRecorder } from "./event-recorder.ts";
import type { EventInput, EventRecorder } from "./event-recorder.ts";
import { createLogger } from "../logger.ts";
import { createMetrics } from "../metrics.ts";
import type { KubernetesObject } from "../../api/objects.ts";
import type { RestClient, RestRequest } from "../http/rest-client.ts";

const WIDGET: KubernetesObject = {
  apiVersion: "example.io/v1",
  kind: "Widget",
  metadata: { name: "w", namespace: "ns", uid: "uid-1" },
};
const EVENT: EventInput = {
  type: "Warning",
  reason: "DriftCorrected",
  message: "topic made again",
  action: "Reconcile",
};

let requests: RestRequest[];
let leadership: { isLeading: boolean };
let answer: () => Promise<unknown>;
let metrics: ReturnType<typeof createMetrics>;
let events: EventRecorder;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z") });
  requests = [];
  leadership = { isLeading: true };
  answer = async () => ({});
  metrics = createMetrics();
  const rest = {
    json: (request: RestRequest) => {
      requests.push(request);
      return answer();
    },
  } as RestClient;
  events = createEventRecorder({
    rest,
    leadership,
    metrics,
    logger: createLogger("silent"),
    instance: "operator-1",
  });
});

afterEach(() => vi.useRealTimers());

describe("createEventRecorder", () => {
  it("writes an Event about the object with everything that the API requires", async () => {
    events.record(WIDGET, EVENT);
    await events.flush();
    expect(requests).toMatchObject([
      {
        verb: "create",
        path: "/apis/events.k8s.io/v1/namespaces/ns/events",
        body: {
          eventTime: "2026-01-01T00:00:00.000000Z",
          reportingController: "openclickstream.io/operator",
          reportingInstance: "operator-1",
          action: "Reconcile",
          reason: "DriftCorrected",
          type: "Warning",
          note: "topic made again",
          regarding: { kind: "Widget", name: "w", namespace: "ns", uid: "uid-1" },
        },
      },
    ]);
  });

  it("makes repeats within ten minutes one series, written at most twice a minute", async () => {
    for (let repeat = 0; repeat < 60; repeat += 1) {
      events.record(WIDGET, EVENT);
      await vi.advanceTimersByTimeAsync(1000);
    }
    await events.flush();
    expect(requests.map(({ verb }) => verb)).toEqual(["create", "patch"]);
    expect(requests[1]?.body).toMatchObject({ series: { count: 31 } });
  });

  it("begins anew after ten quiet minutes, and for another message", async () => {
    events.record(WIDGET, EVENT);
    vi.advanceTimersByTime(601_000);
    events.record(WIDGET, EVENT);
    events.record(WIDGET, { ...EVENT, message: "partitions added" });
    await events.flush();
    expect(requests.map(({ verb }) => verb)).toEqual(["create", "create", "create"]);
  });

  it("cuts a note that is too long", async () => {
    events.record(WIDGET, { ...EVENT, message: "x".repeat(5000) });
    await events.flush();
    expect((requests[0]?.body as { note: string }).note.length).toBe(1024);
  });

  it("never throws, and goes on after a failure", async () => {
    answer = async () => {
      throw new Error("refused");
    };
    events.record(WIDGET, EVENT);
    events.record(WIDGET, { ...EVENT, reason: "Succeeded" });
    await events.flush();
    expect(requests.length).toBe(2);
    expect((await metrics.eventsDropped.get()).values[0]?.value).toBe(2);
  });

  it("writes several at a time, those about one object in order, and loses none of thousands", async () => {
    let [underWay, mostAtOnce] = [0, 0];
    answer = async () => {
      underWay += 1;
      mostAtOnce = Math.max(mostAtOnce, underWay);
      await new Promise((resolve) => void setTimeout(resolve, 10));
      underWay -= 1;
    };
    for (let nth = 0; nth < 3000; nth += 1) {
      const metadata = { name: `w-${nth % 500}`, namespace: "ns", uid: `uid-${nth % 500}` };
      events.record({ ...WIDGET, metadata }, { ...EVENT, message: `${nth}` });
    }
    const flushed = events.flush();
    await vi.runAllTimersAsync();
    await flushed;
    expect(mostAtOnce).toBe(8);
    const notes = requests.map(({ body }) => body as { note: string; regarding: { name: string } });
    expect(notes.length).toBe(3000);
    const ofOne = notes.filter(({ regarding }) => regarding.name === "w-7").map(({ note }) => Number(note));
    expect(ofOne).toEqual([7, 507, 1007, 1507, 2007, 2507]);
    expect((await metrics.eventsDropped.get()).values).toEqual([expect.objectContaining({ value: 0 })]);
  });

  it("has no room for further passes while a thousand wait", async () => {
    answer = () => new Promise((resolve) => void setTimeout(() => resolve({}), 10));
    let rooms = 0;
    for (let nth = 0; nth < 1008; nth += 1) events.record(WIDGET, { ...EVENT, message: `${nth}` });
    void events.room().then(() => (rooms += 1));
    await vi.advanceTimersByTimeAsync(50);
    expect(rooms).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(rooms).toBe(1);
  });

  it("lets passes go on after ten seconds when the API server writes no Events at all", async () => {
    answer = () => new Promise(() => undefined);
    for (let nth = 0; nth < 1001; nth += 1) events.record(WIDGET, { ...EVENT, message: `${nth}` });
    let hasRoom = false;
    void events.room().then(() => (hasRoom = true));
    await vi.advanceTimersByTimeAsync(9_900);
    expect(hasRoom).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(hasRoom).toBe(true);
  });

  it("holds ten thousand at most, and counts those that it does not take", async () => {
    answer = () => new Promise(() => undefined);
    for (let nth = 0; nth < 10_003; nth += 1) events.record(WIDGET, { ...EVENT, message: `${nth}` });
    expect((await metrics.eventsDropped.get()).values[0]?.value).toBe(3);
  });

  it("writes an Event whose first writing failed when it comes again, and does not count on what is not there", async () => {
    answer = async () => {
      if (requests.length === 1) throw new KubernetesError("Forbidden", "not yet");
    };
    events.record(WIDGET, EVENT);
    await events.flush();
    events.record(WIDGET, EVENT);
    await events.flush();
    expect(requests.map(({ verb }) => verb)).toEqual(["create", "create"]);
  });

  it("counts an Event as written that is there when it is tried again", async () => {
    answer = async () => {
      throw new KubernetesError(
        requests.length === 1 ? "Unavailable" : "AlreadyExists",
        "no answer, then there",
      );
    };
    events.record(WIDGET, EVENT);
    await vi.advanceTimersByTimeAsync(1000);
    await events.flush();
    expect(requests.length).toBe(2);
    expect((await metrics.eventsDropped.get()).values[0]?.value).toBe(0);
  });

  it("asks an API server again that is too busy, as late as it wants", async () => {
    answer = async () => {
      if (requests.length < 3) throw new KubernetesError("TooManyRequests", "busy", { retryAfterSeconds: 4 });
    };
    events.record(WIDGET, EVENT);
    await vi.advanceTimersByTimeAsync(3900);
    expect(requests.length).toBe(1);
    await vi.advanceTimersByTimeAsync(5000);
    expect(requests.length).toBe(3);
  });

  it("writes nothing without the lease", async () => {
    leadership.isLeading = false;
    events.record(WIDGET, EVENT);
    await events.flush();
    expect(requests).toEqual([]);
  });
});
