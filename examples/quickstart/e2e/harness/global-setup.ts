// Runs once before all test files: builds the pages and starts the one browser that all files share.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { startChromium } from "../../../../clients/conformance/browser/harness/chromium.js";
import { PAGE_FOLDER, PAGES, type PageName, ROOT, serverFolder } from "./paths.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the shared browser listens. */
    readonly browser: string;
  }
}

/** Vitest calls it before the first file; what it returns, after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [browser] = await Promise.all([
    startChromium(),
    ...(Object.keys(PAGES) as PageName[]).map(buildPage),
  ]);
  project.provide("browser", browser.endpoint);

  return () => browser.close();
}

/** Builds a page into the folder in which the server looks for it. */
async function buildPage(name: PageName): Promise<void> {
  const { source, mode } = PAGES[name];
  const vite = `${ROOT}node_modules/vite/bin/vite.js`;
  const folder = `${serverFolder(name)}/${PAGE_FOLDER}`;
  await promisify(execFile)(
    process.execPath,
    [vite, "build", "--mode", mode, "--outDir", folder, "--emptyOutDir", "--logLevel", "warn"],
    { cwd: `${ROOT}${source}`, env: { ...process.env, NODE_ENV: mode } },
  );
}
