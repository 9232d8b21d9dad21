/** Which folder of `src/` may import which, by value or by type; and no circles anywhere. For `npm run imports`. */

/** A folder may import itself and what stands here. Ordered from the ground up: nothing ever knows a line below its own. */
const MAY_IMPORT = {
  api: [],
  generated: ["api"],
  naming: ["api", "generated"],
  crds: ["api", "naming", "generated"],
  runtime: ["api", "generated", "naming"],
  platform: ["api", "naming", "generated", "crds", "runtime"],
  targets: ["api", "naming", "generated", "crds", "runtime", "platform"],
  workloads: ["api", "naming", "generated", "crds", "runtime", "platform", "targets"],
  controllers: ["api", "naming", "generated", "crds", "runtime", "platform", "targets", "workloads"],
};

const TESTS = ["\\.test\\.ts$", "/testdata/", "^src/testing/"];

const floors = Object.entries(MAY_IMPORT).map(([folder, below]) => ({
  name: `${folder}-imports-only-what-is-below-it`,
  comment: `src/${folder} may import ${below.map((name) => `src/${name}`).join(", ") || "nothing of src"}`,
  severity: "error",
  from: { path: `^src/${folder}/`, pathNot: TESTS },
  to: { path: "^src/", pathNot: [folder, ...below].map((name) => `^src/${name}/`).concat(TESTS) },
}));

export default {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    ...floors,
    {
      name: "production-imports-no-test-support",
      severity: "error",
      from: { path: "^src/", pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: "source-imports-no-harness",
      comment: "src/ stands alone: local/, bench/, test/ and scripts/ import it, never the other way round",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(local|bench|test|scripts)/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules" },
  },
};
