import { describe, expect, it } from "vitest";
import { chooseTests, type TestFile } from "./only.ts";

const files: readonly TestFile[] = [
  { path: "src/targets/kafka/diff.test.ts", text: `it("keeps a topic that nobody asked for")` },
  { path: "test/integration/lake-table.test.ts", text: `it("keeps its columns")` },
  { path: "test/e2e/pipeline.test.ts", text: `it("stores every record")` },
  {
    path: "go/internal/collector/answer_test.go",
    text: "func TestAnswer(t *testing.T) {\nfunc TestRefusal(t *testing.T) {",
  },
  {
    path: "go/internal/integration/kafka_test.go",
    text: "//go:build integration\n\nfunc TestMain(m *testing.M) {\nfunc TestKafkaIsKilled(t *testing.T) {",
  },
  {
    path: "java/lake/src/test/java/io/LakeTableTest.java",
    text: "  @Test\n  void commitsOnce() throws IOException {\n  @ParameterizedTest\n  @ValueSource(ints = {1, 2})\n  void namesTables(int n) {",
  },
  { path: "java/stream-job/src/test/java/io/StreamJobIT.java", text: "  @Test\n  void survives() {" },
];

describe("ONLY", () => {
  it.each([
    [
      "a part of the name of files, in all languages",
      "lake-table",
      {
        "TypeScript integration tests": ["test/integration/lake-table.test.ts"],
        "Java tests": ["-Dtest=LakeTableTest", "-Dsurefire.failIfNoSpecifiedTests=false"],
      },
    ],
    [
      "a part of a test's name in TypeScript",
      "keeps a topic",
      { "TypeScript unit tests": ["src/targets/kafka/diff.test.ts", "-t", "keeps a topic"] },
    ],
    [
      "a file and the full name of its test",
      "src/targets/kafka/diff.test.ts > a diff (of topics) keeps a topic",
      {
        "TypeScript unit tests": [
          ...["src/targets/kafka/diff.test.ts", "-t"],
          "^a diff \\(of topics\\) keeps a topic$",
        ],
      },
    ],
    [
      "a step of the journey through the cluster, which runs whole",
      "test/e2e/pipeline.test.ts > a pipeline stores every record",
      { "End-to-end tests": ["test/e2e/pipeline.test.ts"] },
    ],
    [
      "a test in Go with a case of it",
      "TestAnswer/is_503_(busy)",
      { "Go tests": ["-run", "^(TestAnswer)$/^is_503_\\(busy\\)$", "./internal/collector"] },
    ],
    [
      "a part of the name of a test in Go that wants engines",
      "KafkaIsKilled",
      { "Go tests with engines": ["-run", "^(TestKafkaIsKilled)$", "./internal/integration"] },
    ],
    [
      "a part of the path of files in Go",
      "internal/integration",
      { "Go tests with engines": ["-run", "^(TestKafkaIsKilled)$", "./internal/integration"] },
    ],
    [
      "a method in Java",
      "StreamJobIT#survives",
      {
        "Java tests with engines": [
          "-Dit.test=StreamJobIT#survives",
          "-Dfailsafe.failIfNoSpecifiedTests=false",
        ],
      },
    ],
    [
      "a part of the name of a method in Java",
      "names-tables",
      { "Java tests": ["-Dtest=LakeTableTest#namesTables", "-Dsurefire.failIfNoSpecifiedTests=false"] },
    ],
  ])("takes %s", (_, only, choices) => {
    expect(chooseTests(only, files)).toEqual(choices);
  });

  it("is refused when no test is named so", () => {
    expect(() => chooseTests("nothing", files)).toThrow('has "nothing" in its name');
  });
});
