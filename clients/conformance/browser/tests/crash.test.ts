// The server is killed in the middle of a message, and comes back with what it had stored.

import { expect, it } from "vitest";
import { commands } from "../../wire/harness/faults.js";
import { journal } from "../harness/journal.js";
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

it.each([
  // Nobody knows whether the journal had stored it.
  ["staged", undefined],
  ["committed", "first"],
  ["published", "first"],
] as const)("killed at `%s`, it says everything once and in order", async (failpoint, stored) => {
  const server = await startServer({ journal: await journal() });
  const [anna, ben] = await Promise.all([computer(server.url), computer(server.url)]);
  const hers = await anna.open({ as: "anna", circle: "stairs" });
  await waitForStatus(hers, "connected");
  await server.kill();
  await server.start({ failpoint });
  await waitForStatus(hers, "connected");

  await say(hers, "first");
  await server.stopped();
  await say(hers, "second");
  await waitForEntry(hers, "first", "sent");
  await anna.goOffline();
  await server.kill();
  await waitForStatus(hers, "reconnecting");
  await say(hers, "third");
  await waitForEntry(hers, "third", "queued");
  expect(await outboxTexts(hers)).toEqual(["first", "second", "third"]);
  if (failpoint === "committed") await screenshots(hers, "killed");

  await server.start({});
  const his = await ben.open({ as: "ben", circle: "stairs" });
  await waitForStatus(his, "connected");
  if (stored) await waitForMessage(his, stored);
  await anna.goOnline();
  await waitForEmptyOutbox(hers);
  await Promise.all([hers, his].map((page) => waitForMessage(page, "third")));

  expect(await texts(his)).toEqual(["first", "second", "third"]);
  expect(await texts(hers)).toEqual(["first", "second", "third"]);
  // What the server knew already was answered from its memory, and not run again.
  const sent = await anna.network.find({ act: "passed", when: commands("say") });
  expect(sent.filter(({ text }) => text.includes('"first"'))).toHaveLength(2);
});
