// A token that does not count ends in words and in something to do: not in a spinner, not in a loop.

import { afterEach, beforeEach, expect, test } from "vitest";
import { closePages, openPage, screenshots } from "../harness/browser.js";
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

const long_ago = Math.floor(Date.now() / 1000) - 24 * 60 * 60;

test.for([
  ["rubbish", "rubbish"],
  ["of_another_secret", sign({ sub: "mallory" }, "a secret that the server has never seen before")],
  ["expired", sign({ sub: "ada", exp: long_ago })],
])("a_token_that_is_%s_is_refused_in_words", async ([name, token]) => {
  const { page, traffic } = await openPage(`${server.url}/?token=${token}`);

  await waitForStatus(page, "failed");

  const words = await page.getByRole("alert").textContent();
  // A sentence, and what to do about it.
  expect(words).toMatch(/\S+.*\S+/);
  expect(words?.trim().split(/\s+/).length).toBeGreaterThan(4);
  expect(words).not.toContain("{");
  const attempts = traffic.sockets.length;
  expect(attempts).toBeLessThanOrEqual(2);
  await screenshots(page, `token-${name}`);
});

test("a_good_token_is_who_the_server_says_that_we_are", async () => {
  const { page, traffic } = await openPage(`${server.url}/?token=${sign({ sub: "ada" })}`);

  await waitForStatus(page, "connected");

  const welcome = traffic.sockets
    .flatMap(({ received }) => received)
    .find((it) => it.includes("welcome"));
  expect(welcome).toContain('"subject":"ada"');
});
