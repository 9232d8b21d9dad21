/** What counts as used, for `knip`: the dead-code check of `make check`. */
import type { KnipConfig } from "knip";

const config: KnipConfig = {
  entry: [
    "{bench,test}/run.ts",
    "test/support/{with-engines,python-packages}.ts",
    "scripts/{generate,robots}.ts",
    "local/*/main.ts",
    "local/deploy/{demo,dev}.ts",
  ],
  project: ["{src,test,bench,local,scripts}/**/*.ts"],
  // Of the machine, not of a package.
  ignoreBinaries: ["flock"],
  // The type of a parameter or of a result is part of what a file says, though nobody else may name it yet.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
