// One computer, two people: what one has written waits for that one alone.

import { expect, it } from "vitest";
import { computer } from "../harness/person.js";
import { screenshots } from "../harness/screenshots.js";
import { startServer } from "../harness/server.js";
import {
  authors,
  outbox,
  outboxTexts,
  say,
  texts,
  waitForEmptyOutbox,
  waitForEntry,
  waitForMessage,
  waitForStatus,
} from "../harness/talk.js";

it("another person sees and sends nothing of what the first has written", async () => {
  const server = await startServer();
  const shared = await computer(server.url);
  const [anna, ben] = [
    { as: "anna", circle: "hall" },
    { as: "ben", circle: "hall" },
  ];
  const page = await shared.open(anna);
  await waitForStatus(page, "connected");
  await shared.goOffline();
  await say(page, "from Anna, 1");
  await waitForEntry(page, "from Anna, 1", "queued");
  await say(page, "from Anna, 2");
  await waitForEntry(page, "from Anna, 2", "queued");

  await page.goto(shared.address(ben));
  await shared.goOnline();
  await waitForStatus(page, "connected");
  await say(page, "from Ben");
  await waitForMessage(page, "from Ben");
  await waitForEmptyOutbox(page);
  await screenshots(page, "somebody-else");
  expect(await outbox(page).count()).toBe(0);
  expect(await texts(page)).toEqual(["from Ben"]);

  await page.goto(shared.address(anna));
  await waitForMessage(page, "from Anna, 2");
  await waitForEmptyOutbox(page);

  expect(await texts(page)).toEqual(["from Ben", "from Anna, 1", "from Anna, 2"]);
  expect(await authors(page)).toEqual(["ben", "anna", "anna"]);
});

it("somebody who signs in offline does not see what another has written", async () => {
  const server = await startServer();
  const shared = await computer(server.url);
  const page = await shared.open({ as: "anna", circle: "hall" });
  await waitForStatus(page, "connected");
  await shared.goOffline();
  await say(page, "from Anna");
  await waitForEntry(page, "from Anna", "queued");

  await page.goto(shared.address({ as: "ben", circle: "hall" }));
  await waitForStatus(page, "reconnecting");
  await say(page, "from Ben");
  await waitForEntry(page, "from Ben", "queued");

  expect(await outboxTexts(page)).toEqual(["from Ben"]);

  await shared.goOnline();
  await waitForMessage(page, "from Ben");
  await waitForEmptyOutbox(page);

  expect(await texts(page)).toEqual(["from Ben"]);
  expect(await authors(page)).toEqual(["ben"]);
});
