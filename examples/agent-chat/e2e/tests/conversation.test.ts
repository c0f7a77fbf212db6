// Two people and both agents in one conversation.

import { expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { startChat } from "../harness/chat.js";
import {
  input,
  liveAnswer,
  log,
  message,
  openConversation,
  say,
  signIn,
  waitForMessage,
} from "../harness/page.js";
import { type Person, person } from "../harness/person.js";

/** Ann and Ben in the same conversation, at a computer each. */
async function annAndBen(url: string): Promise<[Person, Person]> {
  const [ann, ben] = [await person(url), await person(url)];
  for (const [{ page }, name] of [
    [ann, "Ann"],
    [ben, "Ben"],
  ] as const) {
    await signIn(page, name);
    await openConversation(page, "Welcome");
  }
  return [ann, ben];
}

test("people see each other type and write, and how far it has got", async () => {
  const chat = await startChat();
  const [ann, ben] = await annAndBen(chat.url);

  await input(ann.page).pressSequentially("Hello @b");
  await ben.page.getByText("Ann is typing …").waitFor();
  await say(ann.page, "Hello @ben");
  await waitForMessage(ben.page, "Hello @ben");
  await say(ben.page, "Hello @ann");
  await waitForMessage(ann.page, "Hello @ann");

  // By everybody in the conversation, its agents included.
  await message(ann.page, "Hello @ben").getByRole("img", { name: /^Read/ }).waitFor();
  expect(await message(ben.page, "Hello @ben").count()).toBe(1);
  expect([...ann.complaints, ...ben.complaints]).toEqual([]);
});

test("both watch an agent write, and find its answer after a reload", async () => {
  const chat = await startChat({ agents: ["scribe"], paceMs: 40 });
  const [ann, ben] = await annAndBen(chat.url);

  await say(ann.page, "@scribe what do we need for the meeting?");
  await Promise.all([ann, ben].map(({ page }) => liveAnswer(page).waitFor()));
  await screenshots(ben.page, "agent-chat-answer");
  await ben.page.reload();
  await Promise.all([ann, ben].map(({ page }) => waitForMessage(page, /How I would go on:/)));
  await Promise.all([ann, ben].map(({ page }) => liveAnswer(page).waitFor({ state: "detached" })));

  const answers = [ann, ben].map(({ page }) => message(page, "How I would go on:"));
  expect(await Promise.all(answers.map((it) => it.count()))).toEqual([1, 1]);
  await ben.page.reload();
  await waitForMessage(ben.page, "How I would go on:");
  await waitForMessage(ben.page, "what do we need for the meeting?");
});

test("whoever interrupts an agent stops it for everybody", async () => {
  const chat = await startChat({ agents: ["scribe"], paceMs: 100 });
  const [ann, ben] = await annAndBen(chat.url);
  await say(ann.page, "@scribe tell us about meetings, at length");
  await liveAnswer(ben.page).getByText("here is what I make of it").waitFor();

  // By the keyboard: the button moves down with the text that grows above it.
  await liveAnswer(ben.page).getByRole("button", { name: "Interrupt" }).press("Enter");

  await Promise.all(
    [ann, ben].map(({ page }) => log(page).getByText("ben stopped scribe.").waitFor()),
  );
  await liveAnswer(ann.page).waitFor({ state: "detached" });
  expect(await message(ann.page, "What is left of meetings").count()).toBe(0);
});

test("an agent uses what was shared with it", async () => {
  const chat = await startChat({ agents: ["scribe"] });
  const [ann] = await annAndBen(chat.url);

  await shareContext(ann, "Budget", "The room may cost 900 euros.");
  await waitForMessage(ann.page, "Budget");
  await say(ann.page, "@scribe which room do we take?");

  await waitForMessage(ann.page, "Budget: The room may cost 900 euros.");
});

/** Shares a context with everybody in the conversation. */
async function shareContext({ page }: Person, title: string, content: string): Promise<void> {
  await page.getByRole("button", { name: "Share context" }).click();
  const form = page.getByRole("dialog", { name: "Share context" });
  await form.getByLabel("Title").fill(title);
  await form.getByLabel("Content").fill(content);
  await form.getByRole("button", { name: "Share" }).click();
}
