// Builds the process of the ordinary users, since Node runs no TypeScript.

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { CROWD } from "../../harness/paths.js";
import suites from "../../vitest.config.js";

/** Writes it as `CROWD`. */
export async function buildCrowd(): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    resolve: suites.resolve ?? {},
    build: {
      ssr: fileURLToPath(new URL("../crowd/main.ts", import.meta.url)),
      outDir: dirname(CROWD),
      emptyOutDir: true,
    },
  });
}
