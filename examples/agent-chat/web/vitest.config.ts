import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) =>
  fileURLToPath(new URL(`../../../clients/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // The sources of the libraries, so that a change there needs no build to be tested here.
    alias: [
      { find: /^@tautline\/client$/, replacement: source("typescript/src/index.ts") },
      { find: /^@tautline\/client\/testing$/, replacement: source("typescript/src/testing.ts") },
      {
        find: /^@tautline\/client\/indexeddb$/,
        replacement: source("typescript/src/indexeddb.ts"),
      },
      { find: /^@tautline\/react\/indexeddb$/, replacement: source("react/src/indexeddb.ts") },
      { find: /^@tautline\/react$/, replacement: source("react/src/index.ts") },
      { find: /^@tautline\/agent-chat$/, replacement: source("agent-chat/src/generated/index.ts") },
    ],
  },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.{ts,tsx}"],
    // The whole page in a document without a browser: roles and names are looked up slowly there.
    testTimeout: 30_000,
  },
});
