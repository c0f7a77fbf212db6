// A text that is written while pages come, and while the server goes.

import { expect, it } from "vitest";
import { status } from "../../wire/harness/clients.js";
import { host } from "../harness/host.js";
import { journal } from "../harness/journal.js";
import { computer } from "../harness/person.js";
import { screenshots } from "../harness/screenshots.js";
import { startServer } from "../harness/server.js";
import { tale, waitForStatus } from "../harness/talk.js";

it("who comes in the middle reads all of it, also when the server is killed before its end", async () => {
  const server = await startServer({ journal: await journal() });
  const [anna, ben] = await Promise.all([computer(server.url), computer(server.url)]);
  const { chat, client } = await host(server.url, "fireside");
  const hers = await anna.open({ as: "anna", circle: "fireside" });
  await waitForStatus(hers, "connected");
  const begun = await chat.beginTale({ circleId: "fireside", title: "The ferry" });

  await chat.tell({ ...begun, text: "Nobody had seen the ferry " });
  await tale(hers, "The ferry").getByText("Nobody had seen the ferry").waitFor();
  const his = await ben.open({ as: "ben", circle: "fireside" });
  await tale(his, "The ferry").getByText("Nobody had seen the ferry").waitFor();
  await chat.tell({ ...begun, text: "since the storm, " });
  for (const page of [hers, his]) {
    await tale(page, "The ferry").getByText("Nobody had seen the ferry since the storm,").waitFor();
  }
  await screenshots(his, "tale");

  await server.kill();
  await Promise.all([hers, his].map((page) => waitForStatus(page, "reconnecting")));
  await server.start();
  await status(client, "connected");
  await chat.tell({ ...begun, text: "and still it came, " });
  await chat.endTale({ ...begun, text: "on time." });

  const whole = "Nobody had seen the ferry since the storm, and still it came, on time.";
  for (const page of [hers, his]) {
    await tale(page, "The ferry").getByText("the end", { exact: true }).waitFor();
    expect(await tale(page, "The ferry").locator("p").textContent()).toBe(whole);
  }
});
