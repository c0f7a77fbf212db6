// The browser that tests drive: one process for all files of a suite, with a profile that ends with it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { chromium } from "playwright-core";

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

/** A running browser. */
export interface RunningBrowser {
  /** Where playwright connects to. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Starts it. */
export async function startChromium(): Promise<RunningBrowser> {
  const profile = await mkdtemp(`${tmpdir()}/tautline-chromium-`);
  const browser = await chromium.launchServer({
    executablePath: "/usr/bin/chromium",
    chromiumSandbox: false,
    args: FLAGS,
    env: { ...process.env, HOME: profile },
  });
  return {
    endpoint: browser.wsEndpoint(),
    close: async () => {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
