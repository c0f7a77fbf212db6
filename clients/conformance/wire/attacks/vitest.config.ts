import { defineConfig } from "vitest/config";
import suites from "../vitest.config.js";

/** The attacks: as the other suites, one file after the other, and each with a server of its own. */
export default defineConfig({
  ...suites,
  test: {
    ...suites.test,
    include: ["attacks/tests/**/*.test.ts"],
    globalSetup: ["attacks/harness/global-setup.ts"],
    // The long run takes minutes for each.
    testTimeout: process.env["ATTACKS"] === "long" ? 600_000 : 60_000,
  },
});
