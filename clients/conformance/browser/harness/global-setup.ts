// Runs once before all test files: builds the servers and the page, serves the page and starts the browser.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { preview } from "vite";
import type { TestProject } from "vitest/node";
import { GIVEN_SERVER, ROOT } from "../../wire/harness/paths.js";
import { startChromium } from "./chromium.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the shared browser listens. */
    readonly browser: string;
    /** Where the page is: an origin of its own, so that it loads while its server is away. */
    readonly page: string;
  }
}

const run = promisify(execFile);
const BUILT = `${ROOT}artifacts/browser`;

/** Vitest calls it before the first file; what it returns, after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await Promise.all([
    buildPage(),
    GIVEN_SERVER ? undefined : run(`${ROOT}scripts/build-servers.sh`, [], { cwd: ROOT }),
  ]);
  // Only now: a build that fails leaves nothing running.
  const [browser, front] = await Promise.all([startChromium(), servePage()]);
  project.provide("browser", browser.endpoint);
  project.provide("page", front.url);

  return async () => {
    await Promise.all([browser.close(), front.close()]);
  };
}

/** With React's development build: StrictMode runs every effect twice. */
async function buildPage(): Promise<void> {
  const vite = `${ROOT}node_modules/vite/bin/vite.js`;
  await run(
    process.execPath,
    [vite, "build", "--mode", "development", "--outDir", BUILT, "--emptyOutDir", "--logLevel=warn"],
    {
      cwd: `${ROOT}clients/conformance/browser/page`,
      env: { ...process.env, NODE_ENV: "development" },
    },
  );
}

async function servePage(): Promise<{ url: string; close(): Promise<void> }> {
  const front = await preview({
    configFile: false,
    root: BUILT,
    logLevel: "silent",
    build: { outDir: "." },
    preview: { host: "127.0.0.1", port: 0 },
  });
  const address = front.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("the page has no port");
  return { url: `http://127.0.0.1:${address.port}`, close: () => front.close() };
}
