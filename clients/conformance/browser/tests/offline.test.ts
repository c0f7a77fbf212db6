// The cable is pulled, messages are written, the page is loaded again: nothing is lost, nothing is said twice.

import { expect, it } from "vitest";
import { commands } from "../../wire/harness/faults.js";
import { computer } from "../harness/person.js";
import { screenshots } from "../harness/screenshots.js";
import { startServer } from "../harness/server.js";
import {
  outboxTexts,
  say,
  texts,
  waitForEmptyOutbox,
  waitForEntry,
  waitForMessage,
  waitForStatus,
} from "../harness/talk.js";

const WORDS = ["first", "second", "third"];

it("what was written offline outlives a reload, and is said once and in order", async () => {
  const server = await startServer();
  const [anna, ben] = await Promise.all([computer(server.url), computer(server.url)]);
  const visit = { circle: "attic" };
  const hers = await anna.open({ ...visit, as: "anna" });
  const his = await ben.open({ ...visit, as: "ben" });
  await waitForStatus(hers, "connected");
  await say(hers, "before");
  await waitForMessage(his, "before");

  await anna.goOffline();
  await waitForStatus(hers, "reconnecting");
  for (const word of WORDS) {
    await say(hers, word);
    await waitForEntry(hers, word, "queued");
  }
  await screenshots(hers, "offline");
  await hers.reload();
  await waitForEntry(hers, "third", "queued");
  expect(await outboxTexts(hers)).toEqual(WORDS);
  await screenshots(hers, "offline-reloaded");
  await anna.goOnline();
  await waitForEmptyOutbox(hers);
  await Promise.all([hers, his].map((page) => waitForMessage(page, "third")));

  expect(await texts(hers)).toEqual(["before", ...WORDS]);
  expect(await texts(his)).toEqual(["before", ...WORDS]);
  const sent = await anna.network.find({ act: "passed", when: commands("say") });
  expect(sent).toHaveLength(4);
});

it("who stays offline for two reloads and writes in between keeps the order", async () => {
  const server = await startServer();
  const anna = await computer(server.url);
  const page = await anna.open({ as: "anna", circle: "attic" });
  await waitForStatus(page, "connected");

  await anna.goOffline();
  for (const word of WORDS) {
    await say(page, word);
    await waitForEntry(page, word, "queued");
    await page.reload();
    await waitForEntry(page, word, "queued");
  }
  await anna.goOnline();
  await waitForEmptyOutbox(page);
  await waitForMessage(page, "third");

  expect(await texts(page)).toEqual(WORDS);
});
