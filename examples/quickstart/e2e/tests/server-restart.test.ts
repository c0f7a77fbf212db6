// A server that stops and starts again is survived without a reload.

import { afterEach, expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { closePages, openPage } from "../harness/browser.js";
import { addCard, cards, waitForStatus } from "../harness/quickstart.js";
import { liveSessions, type QuickstartServer, startServer } from "../harness/server.js";
import { connects, openSockets } from "../harness/traffic.js";

let server: QuickstartServer;

afterEach(async () => {
  await closePages();
  await server.stop();
});

test("a restarted server is found again without a reload", async () => {
  server = await startServer();
  const { page, traffic } = await openPage(server.url);
  await waitForStatus(page, "connected");
  await page.evaluate(() => document.body.setAttribute("data-loaded", "once"));

  await server.stop();
  await waitForStatus(page, "reconnecting");
  await screenshots(page, "reconnecting");
  await server.start();
  await waitForStatus(page, "connected");
  await addCard(page, "after the restart");
  await cards(page).getByText("after the restart").waitFor();

  expect(await page.locator("body").getAttribute("data-loaded")).toBe("once");
  expect(traffic.requests).toEqual([]);
  expect(openSockets(traffic)).toHaveLength(1);
  expect(connects(traffic)).toHaveLength(2);
  expect(liveSessions(server)).toBe(1);
});

test("a board that the server forgot is shown as it is now", async () => {
  server = await startServer();
  const { page } = await openPage(server.url);
  await waitForStatus(page, "connected");
  await addCard(page, "before the restart");
  await cards(page).getByText("before the restart").waitFor();

  await server.stop();
  await server.start();
  await waitForStatus(page, "connected");

  // The quickstart keeps its cards in memory: a new process knows none, and says so by its epoch.
  await cards(page).getByText("before the restart").waitFor({ state: "detached" });
  expect(await cards(page).count()).toBe(0);
});

test("two browsers meet again after a restart", async () => {
  server = await startServer();
  const [ada, ben] = [(await openPage(server.url)).page, (await openPage(server.url)).page];
  await waitForStatus(ada, "connected");
  await waitForStatus(ben, "connected");

  await server.stop();
  await server.start();
  await waitForStatus(ada, "connected");
  await waitForStatus(ben, "connected");
  await addCard(ada, "here again");

  await cards(ben).getByText("here again").waitFor();
});
