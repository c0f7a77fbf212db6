import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const client = (file: string) =>
  fileURLToPath(new URL(`../typescript/src/${file}`, import.meta.url));

export default defineConfig({
  resolve: {
    // The client's sources, so that a change there needs no build to be tested here.
    alias: [
      { find: /^@tautline\/client$/, replacement: client("index.ts") },
      { find: /^@tautline\/client\/indexeddb$/, replacement: client("indexeddb.ts") },
      { find: /^@tautline\/client\/words$/, replacement: client("words.ts") },
      { find: /^@tautline\/client\/testing$/, replacement: client("testing.ts") },
    ],
  },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.{ts,tsx}"],
  },
});
