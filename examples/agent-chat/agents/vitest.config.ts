import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const clients = (file: string) =>
  fileURLToPath(new URL(`../../../clients/${file}`, import.meta.url));

export default defineConfig({
  resolve: {
    // The sources, so that a change there needs no build to be tested here.
    alias: [
      { find: /^@tautline\/client$/, replacement: clients("typescript/src/index.ts") },
      { find: /^@tautline\/client\/testing$/, replacement: clients("typescript/src/testing.ts") },
      {
        find: /^@tautline\/agent-chat$/,
        replacement: clients("agent-chat/src/generated/index.ts"),
      },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
  },
});
