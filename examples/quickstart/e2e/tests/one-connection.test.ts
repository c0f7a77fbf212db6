// The promise to a page in development: StrictMode runs every effect twice, and still there is one connection.

import { afterEach, expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { closePages, openPage } from "../harness/browser.js";
import { addCard, waitForStatus } from "../harness/quickstart.js";
import { liveSessions, type QuickstartServer, startServer } from "../harness/server.js";
import { connects, handshakes } from "../harness/traffic.js";

let server: QuickstartServer;

afterEach(async () => {
  await closePages();
  await server.stop();
});

test("strict mode makes one handshake, one connection and one session", async () => {
  server = await startServer({ page: "development" });

  const { page, traffic, complaints } = await openPage(server.url);
  await waitForStatus(page, "connected");
  await addCard(page, "a card");
  await page.getByRole("listitem").getByText("a card").waitFor();

  expect(traffic.requests).toEqual([]);
  expect(traffic.sockets.map(({ status, closed }) => ({ status, closed }))).toEqual([
    { status: 101, closed: false },
  ]);
  expect(handshakes(traffic)).toBe(1);
  expect(connects(traffic)).toHaveLength(1);
  expect(liveSessions(server)).toBe(1);
  expect(complaints).toEqual([]);
  await screenshots(page, "board");
});

test("the page as it is deployed makes one connection too", async () => {
  server = await startServer({ page: "production" });

  const { page, traffic, complaints } = await openPage(server.url);
  await waitForStatus(page, "connected");

  expect(traffic.requests).toEqual([]);
  expect(traffic.sockets).toHaveLength(1);
  expect(handshakes(traffic)).toBe(1);
  expect(connects(traffic)).toHaveLength(1);
  expect(complaints).toEqual([]);
});

test("a closed page leaves no session behind", async () => {
  server = await startServer();
  const { page } = await openPage(server.url);
  await waitForStatus(page, "connected");

  await page.context().close();

  await expect.poll(() => liveSessions(server)).toBe(0);
});
