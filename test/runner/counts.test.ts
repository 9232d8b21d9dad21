import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readMavenReport, readMavenReports, readVitestReport } from "./counts.ts";
import { GoTests } from "./go-tests.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "openclickstream-counts-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const surefire = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="io.openclickstream.SinkTest" tests="5" errors="1" skipped="1" failures="1">
  <properties><property name="a" value="&lt;testcase"/></properties>
  <testcase name="keeps" classname="io.openclickstream.SinkTest" time="0.1"/>
  <testcase name="parses(String)[2]" classname="io.openclickstream.SinkTest" time="0.1">
    <failure message="a &lt;failure&gt;" type="x"><![CDATA[text]]></failure>
  </testcase>
  <testcase name="prints" classname="io.openclickstream.SinkTest"><system-out>fine</system-out></testcase>
  <testcase name="later" classname="io.openclickstream.SinkTest"><skipped/></testcase>
  <testcase name="" classname="io.openclickstream.SinkTest"><error type="y"/></testcase>
</testsuite>`;

describe("the count of tests", () => {
  it("takes passed and failed cases from a report of Maven, and tells how to run a failed one", () => {
    expect(readMavenReport(surefire)).toEqual({
      passed: 2,
      failures: [
        { name: "SinkTest.parses(String)[2]", only: "SinkTest#parses", message: "a <failure>" },
        { name: "SinkTest.", only: "SinkTest" },
      ],
    });
  });

  it("leaves out Maven's reports of an earlier run", async () => {
    await writeFile(join(folder, "TEST-a.xml"), surefire);
    expect(await readMavenReports("TEST-*.xml", folder, 0)).toMatchObject({ passed: 2, failed: 2 });
    const later = Date.now() + 60_000;
    expect(await readMavenReports("TEST-*.xml", folder, later)).toEqual({
      passed: 0,
      failed: 0,
      failures: [],
    });
  });

  it("takes a failed test of vitest by its file and its full name", async () => {
    const report = join(folder, "unit.json");
    const assertionResults = [
      { fullName: "a sink keeps", status: "passed" },
      { fullName: "a sink parses", status: "failed", failureMessages: ["AssertionError: 1 is not 2\n at x"] },
    ];
    const testResults = [
      { name: join(folder, "src/sink.test.ts"), status: "failed", assertionResults },
      { name: join(folder, "src/hook.test.ts"), status: "failed", message: "no port", assertionResults: [] },
    ];
    await writeFile(report, JSON.stringify({ numPassedTests: 1, numFailedTests: 1, testResults }));
    const only = "src/sink.test.ts > a sink parses";
    expect(await readVitestReport(report, folder)).toEqual({
      passed: 1,
      failed: 1,
      failures: [
        { name: only, only, message: "AssertionError: 1 is not 2\n at x" },
        { name: "src/hook.test.ts", only: "src/hook.test.ts", message: "no port" },
      ],
    });
  });

  it("reads the events of Go's tests and shows the output of a failed package only", () => {
    const tests = new GoTests();
    const events = [
      { Action: "output", Package: "p", Output: "quiet\n" },
      { Action: "pass", Package: "p", Test: "TestA" },
      { Action: "pass", Package: "p", Elapsed: 0.25 },
      { Action: "output", Package: "q", Test: "TestB/a_case", Output: "=== RUN TestB/a_case\n" },
      { Action: "output", Package: "q", Test: "TestB/a_case", Output: "wrong\n" },
      { Action: "fail", Package: "q", Test: "TestB/a_case" },
      { Action: "fail", Package: "q" },
    ];
    const shown = events
      .map((event) => tests.read(JSON.stringify(event)))
      .filter((line) => line !== undefined);
    expect(shown).toEqual(["ok    p  0.3 s", "FAIL  q\n=== RUN TestB/a_case\nwrong\n"]);
    expect(tests.read("go: downloading")).toBe("go: downloading");
    const failures = [{ name: "TestB/a_case", only: "TestB/a_case", message: "wrong" }];
    expect(tests.counts()).toEqual({ passed: 1, failed: 1, failures });
  });
});
