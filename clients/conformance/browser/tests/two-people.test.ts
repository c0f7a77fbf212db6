// Two people with a browser each, in one circle.

import { expect, it } from "vitest";
import { computer } from "../harness/person.js";
import { screenshots } from "../harness/screenshots.js";
import { startServer } from "../harness/server.js";
import { say, texts, waitForMessage, waitForStatus } from "../harness/talk.js";

it("what one says the other sees", async () => {
  const server = await startServer();
  const [anna, ben] = await Promise.all([computer(server.url), computer(server.url)]);
  const [hers, his] = await Promise.all([
    anna.open({ as: "anna", circle: "kitchen" }),
    ben.open({ as: "ben", circle: "kitchen" }),
  ]);
  await Promise.all([hers, his].map((page) => waitForStatus(page, "connected")));

  await say(hers, "Is there any soup?");
  await waitForMessage(his, "Is there any soup?");
  await say(his, "On the stove.");
  await waitForMessage(hers, "On the stove.");

  expect(await texts(hers)).toEqual(["Is there any soup?", "On the stove."]);
  expect(await texts(his)).toEqual(["Is there any soup?", "On the stove."]);
  expect([...anna.complaints, ...ben.complaints]).toEqual([]);
  await screenshots(hers, "circle");
});
