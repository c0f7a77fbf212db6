// Who is there, and who has read what.

import { expect, it } from "vitest";
import { events } from "../../wire/harness/faults.js";
import { host } from "../harness/host.js";
import { computer } from "../harness/person.js";
import { screenshots } from "../harness/screenshots.js";
import { startServer } from "../harness/server.js";
import { person, say, waitForMessage, waitForStatus } from "../harness/talk.js";

it("a cut that is over soon makes nobody disappear, and who leaves is gone at once", async () => {
  const server = await startServer();
  const [anna, ben] = await Promise.all([computer(server.url), computer(server.url)]);
  const hers = await anna.open({ as: "anna", circle: "terrace" });
  const his = await ben.open({ as: "ben", circle: "terrace" });
  const { client } = await host(server.url, "terrace");
  await Promise.all(["ben", "host"].map((name) => person(hers, name).waitFor()));
  await person(his, "anna").waitFor();

  await ben.goOffline();
  await person(his, "anna").waitFor();
  await his.getByText("when we last heard").waitFor();
  await ben.goOnline();
  await waitForStatus(his, "connected");
  await his.getByLabel("Message", { exact: true }).fill("I am");
  await person(hers, "ben").getByText("writes…").waitFor();
  await screenshots(hers, "people");
  client.close();
  await person(hers, "host").waitFor({ state: "detached" });

  const told = await anna.network.find({ act: "passed", when: events("tautline:presence") });
  const gone = told.flatMap(({ text }) => /"absent":\["(\w+)"\]/.exec(text)?.[1] ?? []);
  expect(gone).toEqual(["host"]);
});

it("a message is delivered, and read when somebody looks", async () => {
  const server = await startServer();
  const [anna, ben] = await Promise.all([computer(server.url), computer(server.url)]);
  const hers = await anna.open({ as: "anna", circle: "terrace" });
  const his = await ben.open({ as: "ben", circle: "terrace" });
  await Promise.all([hers, his].map((page) => waitForStatus(page, "connected")));

  await say(hers, "Are you there?");
  await waitForMessage(his, "Are you there?");
  await hers.getByText("Delivered to ben").waitFor();
  expect(await hers.getByText("Read by").count()).toBe(0);
  await his.getByLabel("Message", { exact: true }).focus();

  await hers.getByText("Read by ben").waitFor();
  await screenshots(hers, "read");
});
