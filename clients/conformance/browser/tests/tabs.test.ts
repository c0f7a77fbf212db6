// Two tabs of one person share what is kept on the computer, and send it once.

import { expect, it } from "vitest";
import { acks } from "../../wire/harness/faults.js";
import { computer, crash } from "../harness/person.js";
import { startServer } from "../harness/server.js";
import {
  say,
  texts,
  waitForEmptyOutbox,
  waitForEntry,
  waitForMessage,
  waitForStatus,
} from "../harness/talk.js";

it("each tab sends what was written in it, once", async () => {
  const server = await startServer();
  const anna = await computer(server.url);
  const visit = { as: "anna", circle: "porch" };
  const [left, right] = [await anna.open(visit), await anna.open(visit)];
  await Promise.all([left, right].map((page) => waitForStatus(page, "connected")));

  await anna.goOffline();
  await say(left, "left 1");
  await say(right, "right 1");
  await say(left, "left 2");
  await waitForEntry(left, "left 2", "queued");
  await waitForEntry(right, "right 1", "queued");
  await anna.goOnline();
  await Promise.all([left, right].map(waitForEmptyOutbox));
  for (const text of ["left 2", "right 1"]) {
    await Promise.all([left, right].map((page) => waitForMessage(page, text)));
  }

  const said = await texts(left);
  expect(await texts(right)).toEqual(said);
  expect([...said].sort()).toEqual(["left 1", "left 2", "right 1"]);
  expect(said.indexOf("left 1")).toBeLessThan(said.indexOf("left 2"));
});

it("a tab that stays sends what was written in one that was closed", async () => {
  const server = await startServer();
  const anna = await computer(server.url);
  const visit = { as: "anna", circle: "porch" };
  const [closing, staying] = [await anna.open(visit), await anna.open(visit)];
  await Promise.all([closing, staying].map((page) => waitForStatus(page, "connected")));
  await anna.goOffline();
  await say(closing, "I have to go");
  await waitForEntry(closing, "I have to go", "queued");

  await closing.close();
  await waitForEntry(staying, "I have to go", "queued");
  await anna.goOnline();
  await waitForMessage(staying, "I have to go");
  await waitForEmptyOutbox(staying);

  expect(await texts(staying)).toEqual(["I have to go"]);
});

it("a tab that crashes while its message is on its way leaves it to another one, and it is said once", async () => {
  const server = await startServer();
  const anna = await computer(server.url);
  const visit = { as: "anna", circle: "porch" };
  const [crashing, staying] = [await anna.open(visit), await anna.open(visit)];
  await Promise.all([crashing, staying].map((page) => waitForStatus(page, "connected")));
  const lost = await anna.network.add({ when: acks("say"), action: { type: "drop" } });

  await say(crashing, "said or not?");
  await waitForMessage(staying, "said or not?");
  await anna.network.found({ act: "dropped", rule: lost.number });
  await waitForEntry(crashing, "said or not?", "sent");
  await crash(crashing);
  // It goes out again as soon as it is theirs, and hears nothing either.
  await anna.network.found({ act: "dropped", rule: lost.number }, 2);
  await waitForEntry(staying, "said or not?", "sent");
  await lost.remove();
  await anna.network.cut();
  await waitForEmptyOutbox(staying);
  await say(staying, "once");
  await waitForMessage(staying, "once");

  expect(await texts(staying)).toEqual(["said or not?", "once"]);
});
