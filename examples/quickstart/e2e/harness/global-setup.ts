// Runs once before all test files: builds the pages and starts the one browser that all files share.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { PAGE_FOLDER, PAGES, type PageName, ROOT, serverFolder } from "./paths.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the shared browser listens. */
    readonly browser: string;
  }
}

/** No background traffic, no name resolution: a test's browser talks to this machine alone. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/** Vitest calls it before the first file; what it returns, after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const profile = await mkdtemp(`${tmpdir()}/tautline-chromium-`);
  const [browser] = await Promise.all([
    chromium.launchServer({
      executablePath: "/usr/bin/chromium",
      chromiumSandbox: false,
      args: FLAGS,
      env: { ...process.env, HOME: profile },
    }),
    ...(Object.keys(PAGES) as PageName[]).map(buildPage),
  ]);
  project.provide("browser", browser.wsEndpoint());

  return async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
  };
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
