import { defineConfig } from "vitest/config";

/** The long run, by `make soak`. It needs no browser. */
export default defineConfig({
  test: {
    include: ["soak/**/*.soak.ts"],
    testTimeout: 24 * 60 * 60 * 1000,
  },
});
