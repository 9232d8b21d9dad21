import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "local/**/*.test.ts",
            "scripts/**/*.test.ts",
            "test/{runner,support}/**/*.test.ts",
          ],
          // No module has state that changes (CONTRIBUTING.md), so files may share them: a third of the processor's time.
          isolate: false,
          // A limit for what hangs: no test is to fail because the machine is slow.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: ["test/integration/setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // Namespaces are apart, what the engines hold is not; and Nessie gives all tables another `nessie.commit.id` at every commit.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "docker",
          include: ["test/docker/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: 1_800_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
