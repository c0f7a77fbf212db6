// What the server refused after the page that wrote it was gone: a person looks at it and decides.

import { expect, it } from "vitest";
import { host } from "../harness/host.js";
import { computer } from "../harness/person.js";
import { screenshots } from "../harness/screenshots.js";
import { startServer } from "../harness/server.js";
import {
  outbox,
  outboxTexts,
  say,
  texts,
  waitForEmptyOutbox,
  waitForEntry,
  waitForMessage,
  waitForStatus,
} from "../harness/talk.js";

it("what was refused waits for a person, who tries again or throws it away", async () => {
  const server = await startServer();
  const { chat } = await host(server.url, "salon");
  const hush = (isQuiet: boolean) => chat.hush({ circleId: "salon", isQuiet });
  const anna = await computer(server.url);
  const page = await anna.open({ as: "anna", circle: "salon" });
  await waitForStatus(page, "connected");
  await anna.goOffline();
  for (const text of ["worth another try", "not that important"]) {
    await say(page, text);
    await waitForEntry(page, text, "queued");
  }
  await hush(true);
  await page.reload();

  await anna.goOnline();
  await waitForEntry(page, "not that important", "failed");
  await waitForEntry(page, "worth another try", "failed");
  expect(await outbox(page).first().textContent()).toContain(
    "Not sent: This circle is quiet at the moment. Try again when it is open.",
  );
  await screenshots(page, "refused-later");
  await page.reload();
  await waitForEntry(page, "not that important", "failed");
  await hush(false);
  await outbox(page).filter({ hasText: "worth" }).getByText("Try again", { exact: true }).click();
  await waitForMessage(page, "worth another try");
  expect(await outboxTexts(page)).toEqual(["not that important"]);
  await outbox(page).getByText("Throw away").click();
  await waitForEmptyOutbox(page);
  await page.reload();
  await waitForMessage(page, "worth another try");

  expect(await texts(page)).toEqual(["worth another try"]);
  expect(await outbox(page).count()).toBe(0);
});
