// The "before": the same board as pages usually do it, a socket per hook with Socket.IO's defaults.

import { afterEach, expect, test } from "vitest";
import { closePages, openPage } from "../harness/browser.js";
import { type Front, startFront } from "../harness/front.js";
import { waitForStatus } from "../harness/quickstart.js";
import { type QuickstartServer, startServer } from "../harness/server.js";
import { countByStatus, handshakes, type Traffic } from "../harness/traffic.js";

let server: QuickstartServer;
let front: Front;

afterEach(async () => {
  await closePages();
  await front.close();
  await server.stop();
});

/** Opens a page, waits until it is connected, and restarts the server below it. */
async function measure(page: "naive" | "development"): Promise<Traffic> {
  server = await startServer({ polling: true });
  front = await startFront(page, server.url);
  const opened = await openPage(front.url);
  await waitForStatus(opened.page, "connected");
  await opened.page.waitForLoadState("networkidle");
  await server.stop();
  await opened.page.getByText(page === "naive" ? "disconnected" : "reconnecting").waitFor();
  await server.start();
  await waitForStatus(opened.page, "connected");
  await closePages();
  await front.close();
  await server.stop();
  return opened.traffic;
}

test("a socket per hook costs more requests and more connections", async () => {
  const before = await measure("naive");
  const now = await measure("development");

  for (const [name, traffic] of Object.entries({ before, now })) {
    console.log(
      `${name}: ${handshakes(traffic)} handshakes, ${traffic.sockets.length} WebSockets, ` +
        `${traffic.requests.length} requests by status ${JSON.stringify(countByStatus(traffic))}`,
    );
  }
  expect(now.requests).toHaveLength(0);
  expect(handshakes(now)).toBe(2);
  // Two hooks, each mounted twice by StrictMode, and once more after the restart: the proof that it was a
  // development build that was measured.
  expect(handshakes(before)).toBeGreaterThanOrEqual(4);
});
