import { defineConfig } from "vitest/config";

/** One browser for all files, one file after the other: two cores hold no more without losing time. */
export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["harness/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
