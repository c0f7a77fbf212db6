// The page is loaded again while the server has a message and the answer is not there yet.

import { expect, it } from "vitest";
import { acks, commands } from "../../wire/harness/faults.js";
import { computer } from "../harness/person.js";
import { startServer } from "../harness/server.js";
import {
  say,
  texts,
  waitForEmptyOutbox,
  waitForEntry,
  waitForMessage,
  waitForStatus,
} from "../harness/talk.js";

it("a message whose answer was lost with the page is said once", async () => {
  const server = await startServer();
  const [anna, ben] = await Promise.all([computer(server.url), computer(server.url)]);
  const [hers, his] = [
    await anna.open({ as: "anna", circle: "cellar" }),
    await ben.open({ as: "ben", circle: "cellar" }),
  ];
  await Promise.all([hers, his].map((page) => waitForStatus(page, "connected")));
  const lost = await anna.network.add({ when: acks("say"), action: { type: "drop" } });

  await say(hers, "hello?");
  await waitForMessage(his, "hello?");
  await anna.network.found({ act: "dropped", rule: lost.number });
  await waitForEntry(hers, "hello?", "sent");
  await lost.remove();
  await hers.reload();
  await waitForMessage(hers, "hello?");
  await waitForEmptyOutbox(hers);
  await say(hers, "hello again");
  await waitForMessage(his, "hello again");

  expect(await texts(hers)).toEqual(["hello?", "hello again"]);
  expect(await texts(his)).toEqual(["hello?", "hello again"]);
  // It was sent by both lives of the page: the server knew it the second time.
  const sent = await anna.network.find({ act: "passed", when: commands("say") });
  expect(sent).toHaveLength(3);
  expect(sent[1]?.text).toContain("resent");
});

it("a message that never reached the server is said once", async () => {
  const server = await startServer();
  const anna = await computer(server.url);
  const page = await anna.open({ as: "anna", circle: "cellar" });
  await waitForStatus(page, "connected");
  const lost = await anna.network.add({ when: commands("say"), action: { type: "drop" } });

  await say(page, "hello?");
  await anna.network.found({ act: "dropped", rule: lost.number });
  await lost.remove();
  await page.reload();
  await waitForMessage(page, "hello?");
  await waitForEmptyOutbox(page);

  expect(await texts(page)).toEqual(["hello?"]);
});
