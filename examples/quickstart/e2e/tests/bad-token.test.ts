// A token that does not count ends in words and in something to do: not in a spinner, not in a loop.

import { afterEach, beforeEach, expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { closePages, openPage } from "../harness/browser.js";
import { waitForStatus } from "../harness/quickstart.js";
import { type QuickstartServer, startServer } from "../harness/server.js";
import { sign } from "../harness/token.js";

let server: QuickstartServer;

beforeEach(async () => {
  server = await startServer();
});

afterEach(async () => {
  await closePages();
  await server.stop();
});

const longAgo = Math.floor(Date.now() / 1000) - 24 * 60 * 60;

test.for([
  ["rubbish", "rubbish"],
  ["of another secret", sign({ sub: "mallory" }, "a secret that the server has never seen before")],
  ["expired", sign({ sub: "ada", exp: longAgo })],
])("a token that is %s is refused in words", async ([name, token]) => {
  const { page, traffic } = await openPage(`${server.url}/?token=${token}`);

  await waitForStatus(page, "failed");

  const words = await page.getByRole("alert").textContent();
  // A sentence, and what to do about it.
  expect(words).toMatch(/\S+.*\S+/);
  expect(words?.trim().split(/\s+/).length).toBeGreaterThan(4);
  expect(words).not.toContain("{");
  const attempts = traffic.sockets.length;
  expect(attempts).toBeLessThanOrEqual(2);
  await screenshots(page, `token-${name?.replaceAll(" ", "-")}`);
});

test("a good token is who the server says that we are", async () => {
  const { page, traffic } = await openPage(`${server.url}/?token=${sign({ sub: "ada" })}`);

  await waitForStatus(page, "connected");

  const welcome = traffic.sockets
    .flatMap(({ received }) => received)
    .find((it) => it.includes("welcome"));
  expect(welcome).toContain('"subject":"ada"');
});
