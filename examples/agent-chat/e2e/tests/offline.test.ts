// What is written without a connection arrives once, and in order.

import { expect, test } from "vitest";
import { startChat } from "../harness/chat.js";
import { banner, message, openConversation, say, signIn, waitForMessage } from "../harness/page.js";
import { person, traveller } from "../harness/person.js";

test("messages that were written offline arrive once and in order", async () => {
  const chat = await startChat({ agents: [] });
  const ann = await traveller(chat.url);
  const ben = await person(chat.url);
  await signIn(ann.page, "Ann");
  await signIn(ben.page, "Ben");
  await openConversation(ann.page, "Welcome");
  await openConversation(ben.page, "Welcome");

  await ann.goOffline();
  await banner(ann.page).waitFor();
  for (const text of ["tunnel one", "tunnel two", "tunnel three"]) await say(ann.page, text);
  const waiting = ann.page.getByRole("article", { name: "Ann, waiting to be sent" });
  await waiting.nth(2).waitFor();
  await say(ben.page, "meanwhile");
  await ann.goOnline();

  await waitForMessage(ben.page, "tunnel three");
  await waitForMessage(ann.page, "meanwhile");
  await waiting.first().waitFor({ state: "detached" });
  for (const { page } of [ann, ben]) {
    const said = await message(page, /^.*tunnel/).allInnerTexts();
    const order = said.join().match(/tunnel (one|two|three)/g);
    expect(order).toEqual(["tunnel one", "tunnel two", "tunnel three"]);
  }
});
