// A server that stops and starts again brings everything back, and nobody reloads.

import { expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { startChat } from "../harness/chat.js";
import {
  banner,
  liveAnswer,
  message,
  openConversation,
  say,
  signIn,
  waitForMessage,
} from "../harness/page.js";
import { person } from "../harness/person.js";

test("what was said is there, and what is said goes on, without a reload", async () => {
  const chat = await startChat({ agents: [] });
  const [ann, ben] = [await person(chat.url), await person(chat.url)];
  await signIn(ann.page, "Ann");
  await signIn(ben.page, "Ben");
  await openConversation(ann.page, "Welcome");
  await openConversation(ben.page, "Welcome");
  await say(ann.page, "before the stop");
  await waitForMessage(ben.page, "before the stop");
  await ann.page.evaluate(() => document.body.setAttribute("data-loaded", "once"));

  await chat.stop();
  await banner(ann.page).waitFor();
  await screenshots(ann.page, "agent-chat-offline");
  await say(ann.page, "while it was away");
  await chat.start();

  await waitForMessage(ben.page, "while it was away");
  await banner(ann.page).waitFor({ state: "detached" });
  await say(ben.page, "after it");
  await waitForMessage(ann.page, "after it");
  for (const { page } of [ann, ben]) {
    for (const text of ["before the stop", "while it was away", "after it"]) {
      expect(await message(page, text).count()).toBe(1);
    }
  }
  expect(await ann.page.locator("body").getAttribute("data-loaded")).toBe("once");
});

test("an answer that the stop cut off goes on where it was", async () => {
  const chat = await startChat({ agents: ["scribe"], paceMs: 60 });
  const { page } = await person(chat.url);
  await signIn(page, "Ann");
  await openConversation(page, "Welcome");
  await say(page, "@scribe what do we need for the meeting?");
  await liveAnswer(page).getByText("here is what I make of it").waitFor();

  await chat.stop();
  await chat.start();

  await waitForMessage(page, /How I would go on:[\s\S]*matters most/);
  await liveAnswer(page).waitFor({ state: "detached" });
  expect(await message(page, "How I would go on:").count()).toBe(1);
});

test("an answer whose agent has died is completed by the next one of its name", async () => {
  const chat = await startChat({ agents: ["scribe"], paceMs: 60 });
  const { page } = await person(chat.url);
  await signIn(page, "Ann");
  await openConversation(page, "Welcome");
  await say(page, "@scribe what do we need for the meeting?");
  await liveAnswer(page).getByText("here is what I make of it").waitFor();

  await chat.agents[0]?.kill();
  await chat.startAgent("scribe");

  await waitForMessage(page, /How I would go on:[\s\S]*matters most/);
  await liveAnswer(page).waitFor({ state: "detached" });
  expect(await message(page, "How I would go on:").count()).toBe(1);
});
