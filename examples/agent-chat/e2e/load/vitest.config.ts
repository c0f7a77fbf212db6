import { defineConfig } from "vitest/config";

/** The load run, by `scripts/load.sh`. It needs no browser. */
export default defineConfig({
  test: {
    include: ["load/**/*.load.ts"],
    testTimeout: 10 * 60_000,
    hookTimeout: 60_000,
    // Each person and each agent is a client with timers of its own: one process holds them all.
    fileParallelism: false,
  },
});
