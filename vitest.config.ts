import { defineConfig } from "vitest/config";

/** The unit tests of every npm package, in one run. The browser tests have a run of their own. */
export default defineConfig({
  test: {
    projects: [
      "clients/*/vitest.config.ts",
      "examples/*/agents/vitest.config.ts",
      "examples/*/web/vitest.config.ts",
    ],
  },
});
