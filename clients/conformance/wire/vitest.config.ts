import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Some tests measure time and memory: one file after the other, so that none disturbs them. */
export default defineConfig({
  resolve: {
    // The client's sources, so that a change there needs no build to be tested here.
    alias: [
      {
        find: /^@tautline\/client$/,
        replacement: fileURLToPath(new URL("../../typescript/src/index.ts", import.meta.url)),
      },
      {
        find: /^@tautline\/client\/words$/,
        replacement: fileURLToPath(new URL("../../typescript/src/words.ts", import.meta.url)),
      },
      {
        find: /^@tautline\/client\/indexeddb$/,
        replacement: fileURLToPath(new URL("../../typescript/src/indexeddb.ts", import.meta.url)),
      },
    ],
  },
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["harness/global-setup.ts"],
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
