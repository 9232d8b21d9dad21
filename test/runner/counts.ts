/** What a task has to tell of its tests, read from the reports of vitest, Go and Maven. */
import { glob, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";

/** A test that failed. */
export interface FailedTest {
  readonly name: string;
  /** The value of ONLY that runs it alone. */
  readonly only: string;
  /** What went wrong, on one line or several. */
  readonly message?: string;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly FailedTest[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    /** Absolute path of the file. */
    readonly name: string;
    readonly status?: string;
    /** Of a file that failed as a whole. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Reads the report that vitest's reporter `json` writes. */
export async function readVitestReport(file: string, root: string): Promise<Counts> {
  const report = JSON.parse(await readFile(file, "utf8")) as VitestReport;
  const failures = report.testResults.flatMap((result): readonly FailedTest[] => {
    const file = relative(root, result.name);
    const failed = result.assertionResults.filter(({ status }) => status === "failed");
    if (failed.length === 0 && result.status === "failed") {
      return [{ name: file, only: file, ...messageOf(result.message ?? "") }];
    }
    return failed.map(({ fullName, failureMessages = [] }) => {
      const only = `${file} > ${fullName}`;
      return { name: only, only, ...messageOf(failureMessages.join("\n")) };
    });
  });
  return { passed: report.numPassedTests, failed: report.numFailedTests, failures };
}

/** Reads the XML reports of Surefire or Failsafe below a folder that were written since a time (milliseconds). */
export async function readMavenReports(pattern: string, folder: string, since: number): Promise<Counts> {
  const counts = { passed: 0, failed: 0, failures: [] as FailedTest[] };
  for await (const path of glob(pattern, { cwd: folder })) {
    const file = join(folder, path);
    if ((await stat(file)).mtimeMs < since) continue;
    const { passed, failures } = readMavenReport(await readFile(file, "utf8"));
    counts.passed += passed;
    counts.failed += failures.length;
    counts.failures.push(...failures);
  }
  return counts;
}

/** Counts the test cases of one report. A test that was skipped counts as neither. */
export function readMavenReport(xml: string): Pick<Counts, "passed" | "failures"> {
  const cases = xml.split(/<testcase(?=\s)/).slice(1);
  const failures: FailedTest[] = [];
  let passed = 0;
  for (const text of cases) {
    const [body = ""] = text.split("</testcase>");
    if (/<(failure|error)[\s/>]/.test(body)) failures.push(failedCase(text));
    else if (!/<skipped[\s/>]/.test(body)) passed += 1;
  }
  return { passed, failures };
}

function failedCase(text: string): FailedTest {
  const attribute = (name: string): string => new RegExp(`\\s${name}="([^"]*)"`).exec(text)?.[1] ?? "";
  const className = attribute("classname").split(".").at(-1) ?? "";
  // A parameterized test is named with its parameters: "method(Type)[1]" or "method{Type}[1]".
  const method = /^\w*/.exec(attribute("name"))?.[0] ?? "";
  const only = method === "" ? className : `${className}#${method}`;
  const message = (/<(?:failure|error)\s(?:[^>]*\s)?message="([^"]*)"/.exec(text)?.[1] ?? "").replaceAll(
    /&(?:quot|apos|lt|gt|amp|#10);/g,
    (entity) => ENTITIES[entity] ?? entity,
  );
  return { name: `${className}.${attribute("name")}`, only, ...messageOf(message) };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&apos;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&#10;": "\n",
};

function messageOf(text: string): Pick<FailedTest, "message"> {
  return text.trim() === "" ? {} : { message: text.trim() };
}
