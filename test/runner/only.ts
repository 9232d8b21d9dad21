/**
 * Finds the tests that `make test ONLY=...` means. A text is taken as part of the name of a test file, a test class or a test,
 * in all languages; letters and digits count, so that `lake-table` finds `LakeTableTest`. The lines that a failed test prints are
 * exact: `file.test.ts > full name`, `Class#method`, `TestName/subtest`.
 */
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Choices, Suite } from "./tasks.ts";

/** A file with tests. */
export interface TestFile {
  /** From the root of the checkout. */
  readonly path: string;
  readonly text: string;
}

/** Reads every file that holds tests. */
export async function readTestFiles(root: string): Promise<readonly TestFile[]> {
  const patterns = [
    "{src,local,scripts,test}/**/*.test.ts",
    "go/**/*_test.go",
    "java/*/src/test/**/*{Test,IT}.java",
  ];
  const files: TestFile[] = [];
  for await (const path of glob(patterns, { cwd: root })) {
    files.push({ path, text: await readFile(join(root, path), "utf8") });
  }
  return files.sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** The suites and arguments that run the tests meant; throws when there are none. */
export function chooseTests(only: string, files: readonly TestFile[]): Choices {
  const byName = { ...chooseVitest(only, files), ...chooseGo(only, files), ...chooseJava(only, files) };
  const choices: Choices = isEmpty(byName) ? chooseByText(only, files) : byName;
  if (!isEmpty(choices)) return choices;
  throw new Error(`no test file, test class or test has "${only}" in its name; ONLY must be a part of one`);
}

function isEmpty(choices: Choices): boolean {
  return Object.keys(choices).length === 0;
}

const exactVitest = /^(\S+\.test\.ts) > (.*)$/s;

function chooseVitest(only: string, files: readonly TestFile[]): Choices {
  const exact = exactVitest.exec(only);
  if (exact !== null) {
    const [, path = "", name = ""] = exact;
    // The end-to-end tests are one journey: a step alone has nothing to stand on.
    const isStep = suiteOf(path) === "End-to-end tests";
    return { [suiteOf(path)]: isStep ? [path] : [path, "-t", `^${escaped(name)}$`] };
  }
  return perSuite(
    files.filter(({ path }) => path.endsWith(".test.ts") && isPart(only, path)),
    [],
  );
}

/** In TypeScript a test's name is a text somewhere in its file. */
function chooseByText(only: string, files: readonly TestFile[]): Choices {
  return perSuite(
    files.filter(({ path, text }) => path.endsWith(".test.ts") && text.includes(only)),
    ["-t", escaped(only)],
  );
}

function perSuite(files: readonly TestFile[], options: readonly string[]): Choices {
  const choices: Choices = {};
  for (const [suite, members] of Map.groupBy(files, ({ path }) => suiteOf(path))) {
    choices[suite] = [...members.map(({ path }) => path), ...options];
  }
  return choices;
}

function suiteOf(path: string): Suite {
  if (path.startsWith("test/integration/")) return "TypeScript integration tests";
  if (path.startsWith("test/docker/")) return "Docker tests";
  if (path.startsWith("test/browser/")) return "Browser tests";
  return path.startsWith("test/e2e/") ? "End-to-end tests" : "TypeScript unit tests";
}

function chooseGo(only: string, files: readonly TestFile[]): Choices {
  const [top = "", ...subtests] = only.split("/");
  const isExact = /^Test\w+$/.test(top);
  const found = files
    .filter(({ path }) => path.endsWith("_test.go"))
    .map(({ path, text }) => ({
      path,
      hasEngines: /^\/\/go:build integration$/m.test(text),
      names: goNames(text),
    }))
    .map(({ names, ...file }) => {
      if (isExact) return { ...file, names: names.filter((name) => name === top) };
      return { ...file, names: isPart(only, file.path) ? names : names.filter((name) => isPart(only, name)) };
    })
    .filter(({ names }) => names.length > 0);
  const choices: Choices = {};
  for (const hasEngines of [false, true]) {
    const files = found.filter((file) => file.hasEngines === hasEngines);
    if (files.length === 0) continue;
    const names = [...new Set(files.flatMap((file) => file.names))];
    const cases = isExact ? subtests : [];
    const pattern = [`^(${names.join("|")})$`, ...cases.map((name) => `^${escaped(name)}$`)].join("/");
    const packages = [...new Set(files.map(({ path }) => `./${path.split("/").slice(1, -1).join("/")}`))];
    choices[hasEngines ? "Go tests with engines" : "Go tests"] = ["-run", pattern, ...packages];
  }
  return choices;
}

function goNames(text: string): readonly string[] {
  return [...text.matchAll(/^func (Test\w+)\(t /gm)].map(([, name = ""]) => name);
}

function chooseJava(only: string, files: readonly TestFile[]): Choices {
  const [wantedClass = "", wantedMethod] = only.split("#");
  const choices: Choices = {};
  for (const [suffix, suite, property] of [
    ["Test.java", "Java tests", "test"],
    ["IT.java", "Java tests with engines", "it.test"],
  ] as const) {
    const chosen = files
      .filter(({ path }) => path.endsWith(suffix))
      .flatMap(({ path, text }) => {
        const name = (path.split("/").at(-1) ?? "").replace(/\.java$/, "");
        if (wantedMethod !== undefined) return name === wantedClass ? [only] : [];
        if (isPart(only, name)) return [name];
        return javaNames(text)
          .filter((method) => isPart(only, method))
          .map((method) => `${name}#${method}`);
      });
    const plugin = suite === "Java tests" ? "surefire" : "failsafe";
    // Modules without such a test are no failure.
    if (chosen.length > 0)
      choices[suite] = [`-D${property}=${chosen.join()}`, `-D${plugin}.failIfNoSpecifiedTests=false`];
  }
  return choices;
}

function javaNames(text: string): readonly string[] {
  return [...text.matchAll(/^ +void (\w+)\(/gm)].map(([, name = ""]) => name);
}

/** Whether a text is part of a name, as far as letters and digits go. */
function isPart(text: string, name: string): boolean {
  const wanted = plain(text);
  return wanted !== "" && plain(name).includes(wanted);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
