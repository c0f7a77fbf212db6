// What the server refuses, and what the page makes of it: each refusal in its own words, where one looks.

import { expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { chatForFile } from "../harness/chat.js";
import {
  alert,
  input,
  message,
  openConversation,
  openDashboard,
  openTask,
  say,
  signIn,
  waitForMessage,
} from "../harness/page.js";
import { type Person, person, type Sent } from "../harness/person.js";

const chat = chatForFile({ agents: [] });

/** Ann in her conversation. */
async function annIn(url: string): Promise<Person> {
  const ann = await person(url);
  await signIn(ann.page, "Ann");
  await openConversation(ann.page, "Welcome");
  return ann;
}

/** The command with another message in it. */
const saying =
  (body: object) =>
  ([name, payload, meta]: Sent): Sent => [name, { ...payload, body }, meta];

const WRONG_INPUT = "Something in the input is not right.";

test.for([
  ["too long", { type: "text", text: "x".repeat(8_001) }, WRONG_INPUT],
  ["oversized", { type: "text", text: "x".repeat(70_000) }, "This is too large to send."],
  ["malformed", { type: "text", words: "hello" }, WRONG_INPUT],
  ["of an unknown kind", { type: "hologram" }, WRONG_INPUT],
] as const)("a message that is %s comes back to be mended", async ([kind, body, words]) => {
  const { page, tamper } = await annIn(chat.url);

  tamper("send_message", saying(body));
  await say(page, `not ${kind} after all`);
  const failed = page.getByRole("article", { name: "Ann, not sent" });
  await failed.getByRole("alert").filter({ hasText: words }).waitFor();
  await failed.getByRole("button", { name: "Edit" }).click();
  expect(await input(page).inputValue()).toBe(`not ${kind} after all`);
  await page.getByRole("button", { name: "Send" }).click();

  await waitForMessage(page, `not ${kind} after all`);
  expect(await failed.count()).toBe(0);
});

test.for([
  [
    "for the application to say",
    saying({ type: "system", level: "info", text: "I am the server" }),
    "You cannot post a message of the kind system.",
  ],
  [
    "by a name that nobody knows",
    ([, ...rest]: Sent): Sent => ["sing_message", ...rest],
    "does not know",
  ],
] as const)("a message that is %s says why, and can be sent again", async ([, change, words]) => {
  const { page, tamper } = await annIn(chat.url);
  const failed = page.getByRole("article", { name: "Ann, not sent" });

  tamper("send_message", change);
  await say(page, `an innocent message, ${words}`);
  await failed.getByRole("alert").filter({ hasText: words }).waitFor();
  await failed.getByRole("button", { name: "Retry" }).click();

  await failed.waitFor({ state: "detached" });
  expect(await message(page, `an innocent message, ${words}`).count()).toBe(1);
});

test("a task that has ended is not called off", async () => {
  const { page, tamper } = await annIn(chat.url);
  await openDashboard(page);
  for (const title of ["Never mind this", "Nor this"]) {
    await page.getByRole("button", { name: "New task" }).click();
    const form = page.getByRole("dialog", { name: "New task" });
    await form.getByRole("textbox", { name: "Title" }).fill(title);
    await form.getByRole("button", { name: "Create task" }).click();
    await form.waitFor({ state: "detached" });
  }
  let ended: unknown;
  tamper("cancel_task", (command) => {
    ended = command[1]["taskId"];
    return command;
  });
  await openTask(page, "Never mind this");
  await page.getByRole("button", { name: "Cancel task" }).click();
  await page.getByRole("article", { name: "Never mind this" }).getByText("Cancelled").waitFor();
  await page.keyboard.press("Escape");

  // As if the page had not heard of the end: it asks once more for what is over.
  tamper("cancel_task", ([name, payload, meta]) => [name, { ...payload, taskId: ended }, meta]);
  await openTask(page, "Nor this");
  await page.getByRole("button", { name: "Cancel task" }).click();

  await alert(page).getByText("A task that is cancelled cannot become cancelled.").waitFor();
});

test("a conversation that is somebody else's looks like none", async () => {
  const ann = await annIn(chat.url);
  const address = new URL(ann.page.url()).pathname;
  const stranger = await person(chat.url);
  await stranger.page.getByLabel("Your name").fill("mallory");
  await stranger.page.getByRole("button", { name: "Sign in" }).click();
  await stranger.page.getByRole("navigation", { name: "Main" }).waitFor();

  await stranger.go(address);

  await stranger.page.getByText("This conversation does not exist.").waitFor();
  await screenshots(stranger.page, "agent-chat-foreign");
  expect(await input(stranger.page).count()).toBe(0);
});
