// Builds the page from the sources of the client and the hooks, so that a change there needs no build to be tested here.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const source = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^@tautline\/client$/, replacement: source("typescript/src/index.ts") },
      {
        find: /^@tautline\/client\/indexeddb$/,
        replacement: source("typescript/src/indexeddb.ts"),
      },
      { find: /^@tautline\/react$/, replacement: source("react/src/index.ts") },
    ],
  },
});
