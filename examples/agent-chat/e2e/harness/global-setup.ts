// Runs once before all test files: builds the page and starts the one browser that all files share.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { startChromium } from "../../../../clients/conformance/browser/harness/chromium.js";
import { PAGE, ROOT } from "./paths.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the shared browser listens. */
    readonly browser: string;
  }
}

/** Vitest calls it before the first file; what it returns, after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildPage();
  // Only now: a build that fails leaves nothing running.
  const browser = await startChromium();
  project.provide("browser", browser.endpoint);

  return () => browser.close();
}

async function buildPage(): Promise<void> {
  const vite = `${ROOT}node_modules/vite/bin/vite.js`;
  await promisify(execFile)(
    process.execPath,
    [vite, "build", "--mode", "development", "--outDir", PAGE, "--emptyOutDir", "--logLevel=warn"],
    {
      cwd: `${ROOT}examples/agent-chat/web`,
      env: { ...process.env, NODE_ENV: "development" },
    },
  );
}
