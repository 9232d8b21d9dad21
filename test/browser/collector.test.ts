/** Pages in Debian's Chromium send events to real collectors, from their own site and from another one. */
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Surroundings, type Sites } from "./surroundings.ts";

let surroundings: Surroundings;
let sites: Sites;
let browser: Browser;

beforeAll(async () => {
  [surroundings, browser] = await Promise.all([
    Surroundings.start(),
    // As root Chromium has no sandbox, and it shows nothing but pages of these tests.
    chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] }),
  ]);
  ({ sites } = surroundings);
});

afterAll(async () => {
  await browser.close();
  await surroundings.stop();
});

/** Opens the page of a site in a browser that knows nothing, and hands it to `use`. */
async function onPageOf<T>(
  site: string,
  use: (page: Page, context: BrowserContext) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(site);
    return await use(page, context);
  } finally {
    await context.close();
  }
}

/** Calls one of the page's functions; see `page` in surroundings.ts. */
async function call(page: Page, name: string, ...args: readonly unknown[]): Promise<unknown> {
  return page.evaluate(`send.${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`);
}

let count = 0;

/** An event that is not like any other, and the text that tells it. */
function newEvent(): { readonly id: string; readonly body: string } {
  const id = `event-${++count}`;
  return { id: `"${id}"`, body: JSON.stringify({ event_id: id, event_type: "test" }) };
}

const json = { headers: { "Content-Type": "application/json" } };
/** The headers that tools add which watch a page's requests. */
const watched = {
  "Content-Type": "application/json",
  traceparent: "00-1-2-01",
  newrelic: "x",
  "X-B3-TraceId": "1",
};

/** The ways to send, each with the collector's address and an event. */
const ways: Readonly<Record<string, (page: Page, url: string, body: string) => Promise<unknown>>> = {
  fetch: async (page, url, body) =>
    call(page, "fetch", `${url}/v1/events`, body, { credentials: "include", ...json }),
  "fetch without credentials": async (page, url, body) =>
    call(page, "fetch", `${url}/v1/events`, body, { credentials: "omit", ...json }),
  "fetch with keepalive": async (page, url, body) =>
    call(page, "fetch", `${url}/v1/events`, body, { credentials: "include", keepalive: true, ...json }),
  beacon: async (page, url, body) => call(page, "beacon", `${url}/v1/events`, body),
  "beacon of JSON": async (page, url, body) =>
    call(page, "beacon", `${url}/v1/events`, body, "application/json"),
  pixel: async (page, url, body) => {
    const { event_id: id } = JSON.parse(body) as { event_id: string };
    return call(page, "pixel", `${url}/v1/pixel.gif?id=${id}`);
  },
};

describe("an event of a page is stored, and its visitor known by the cookie", () => {
  const cases = [
    // From, to, how, the id of the first and the second event.
    ["shop", "shop", "fetch", "given", "given"],
    ["shop", "shop", "fetch with keepalive", "given", "given"],
    ["shop", "shop", "beacon", "given", "given"],
    ["shop", "shop", "pixel", "given", "given"],
    ["shop", "listed", "fetch", "none", "given"],
    ["shop", "listed", "fetch with keepalive", "none", "given"],
    ["shop", "listed", "fetch without credentials", "none", "none"],
    ["shop", "listed", "beacon", "none", "given"],
    ["shop", "listed", "beacon of JSON", "none", "given"],
    ["shop", "listed", "pixel", "given", "given"],
    ["other", "listed", "fetch", "none", "none"],
    ["other", "listed", "fetch with keepalive", "none", "none"],
    ["other", "listed", "beacon", "none", "none"],
    ["other", "listed", "beacon of JSON", "none", "none"],
    ["other", "listed", "pixel", "none", "none"],
    ["other", "open", "fetch without credentials", "none", "none"],
    ["other", "open", "beacon", "none", "none"],
    ["other", "open", "pixel", "none", "none"],
  ] as const;

  test.each(cases)("from %s to %s by %s", async (...[from, to, way, ...wanted]) => {
    await onPageOf(sites[from], async (page, context) => {
      const events = [newEvent(), newEvent()];
      const ids: (string | undefined)[] = [];
      for (const { id, body } of events) {
        await ways[way]?.(page, sites[to], body);
        const [record] = await surroundings.recordsOf(id);
        ids.push(record?.headers["cookie_id"]);
      }
      const [cookie] = await context.cookies(sites[to]);
      expect(ids).toStrictEqual(wanted.map((id) => (id === "none" ? undefined : cookie?.value)));
      const keeps = from === "shop" && way !== "fetch without credentials";
      expect(cookie !== undefined, "the browser has a cookie").toBe(keeps);
      if (keeps)
        expect(cookie).toMatchObject({ name: "oc_id", secure: true, httpOnly: true, sameSite: "Lax" });
    });
  });
});

describe("a page reads what became of its events", () => {
  const stored = { status: 200, text: '{"accepted":1,"failed":0}\n', retryAfter: null };

  test.each(["shop", "other"] as const)("of %s, with the headers that its tools add", async (from) => {
    await onPageOf(sites[from], async (page) => {
      for (const to of ["listed", "open"] as const) {
        const answer = await call(page, "fetch", `${sites[to]}/v1/events`, newEvent().body, {
          headers: watched,
        });
        expect(answer).toStrictEqual(stored);
      }
    });
  });

  test("unless a header says the client's address, which the collector would believe", async () => {
    await onPageOf(sites.shop, async (page) => {
      const headers = { "X-Forwarded-For": "198.51.100.1" };
      const answer = await call(page, "fetch", `${sites.listed}/v1/events`, newEvent().body, { headers });
      expect(answer).toStrictEqual({ refused: "TypeError: Failed to fetch" });
    });
  });

  test("when the path, the method or the body is wrong, and when Kafka is away", async () => {
    await onPageOf(sites.other, async (page) => {
      const wrongPath = await call(page, "fetch", `${sites.listed}/v1/event`, "{}", json);
      expect(wrongPath).toMatchObject({
        status: 404,
        text: expect.stringContaining("events go to /v1/events") as string,
      });
      const wrongMethod = await call(page, "fetch", `${sites.listed}/v1/events`, null, {
        method: "GET",
      });
      expect(wrongMethod).toMatchObject({ status: 405 });
      const empty = await call(page, "fetch", `${sites.listed}/v1/events`, "", json);
      expect(empty).toMatchObject({
        status: 400,
        text: expect.stringContaining("the body is empty") as string,
      });
      const away = await call(page, "fetch", `${sites.away}/v1/events`, "{}", json);
      expect(away).toMatchObject({ status: 503, retryAfter: "2" });
    });
  });

  test("of which more than allowed were sent at once", async () => {
    await onPageOf(sites.other, async (page) => {
      const { id, body } = newEvent();
      const events = `[${Array.from({ length: 10_001 }, () => body).join(",")}]`;
      const answer = await call(page, "fetch", `${sites.listed}/v1/events`, events);
      expect(answer).toMatchObject({
        status: 200,
        text: '{"accepted":10000,"failed":1,"error":"the body holds more than 10000 events: the first 10000 are stored as events, all after them is kept as failed","kept":true}\n',
      });
      const records = await surroundings.recordsOf(id, 10_001);
      expect(records.filter(({ headers }) => headers["failure"] === undefined)).toHaveLength(10_000);
      expect(records.at(-1)).toMatchObject({ event: `${body}]`, headers: { failure: "too_large" } });
    });
  });
});

test("a body that a script packed, or a form, needs no question of the browser beforehand", async () => {
  await onPageOf(sites.other, async (page) => {
    const preflights: string[] = [];
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    session.on("Network.requestWillBeSent", ({ request, type }) => {
      if (type === "Preflight") preflights.push(request.url);
    });
    const [packed, form] = [newEvent(), newEvent()];
    expect(await call(page, "packed", `${sites.open}/v1/events`, packed.body)).toMatchObject({ status: 200 });
    expect(await call(page, "form", `${sites.open}/v1/events`, form.body)).toBe(true);
    expect(await surroundings.recordsOf(packed.id)).toMatchObject([{ event: packed.body }]);
    expect(await surroundings.recordsOf(form.id)).toMatchObject([{ event: form.body }]);
    expect(preflights).toStrictEqual([]);
  });
});

test("a beacon that is sent as the page goes away arrives", async () => {
  await onPageOf(sites.other, async (page) => {
    const { id, body } = newEvent();
    await call(page, "beaconAtTheEnd", `${sites.open}/v1/events`, body);
    await page.goto("about:blank");
    expect(await surroundings.recordsOf(id)).toHaveLength(1);
  });
});

test("a beacon of JSON is not sent where every origin is allowed: its page must send text", async () => {
  await onPageOf(sites.other, async (page) => {
    const [asJson, asText] = [newEvent(), newEvent()];
    const failed = page.waitForEvent("requestfailed");
    expect(await ways["beacon of JSON"]?.(page, sites.open, asJson.body), "what the browser says").toBe(true);
    expect((await failed).failure()?.errorText).toBe("net::ERR_FAILED");
    await ways["beacon"]?.(page, sites.open, asText.body);
    await surroundings.recordsOf(asText.id);
    expect(surroundings.records.filter(({ event }) => event.includes(asJson.id))).toStrictEqual([]);
  });
});

test("behind a proxy the client's address is the one that it says", async () => {
  await onPageOf(sites.shop, async (page) => {
    const { id, body } = newEvent();
    await ways["fetch"]?.(page, sites.shop, body);
    expect(await surroundings.recordsOf(id)).toMatchObject([
      { headers: { ip: "198.51.100.7", source: "http" } },
    ]);
  });
});
