import { defineConfig } from "vitest/config";
import suites from "../vitest.config.js";

/** The attacks: each with a server of its own, one file after the other, since they measure. */
export default defineConfig({
  resolve: suites.resolve ?? {},
  test: {
    include: ["attacks/tests/**/*.test.ts"],
    globalSetup: ["attacks/harness/global-setup.ts"],
    fileParallelism: false,
    // In the long run each is carried out ten times.
    testTimeout: process.env["ATTACKS"] === "long" ? 600_000 : 60_000,
    hookTimeout: 30_000,
  },
});
