// Tokens that are no good end in a sign-in, and the sign-in ends where one was.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { chatForFile } from "../harness/chat.js";
import { openConversation, say, signIn, waitForMessage } from "../harness/page.js";
import { person } from "../harness/person.js";
import { sign } from "../harness/token.js";

/** Puts another token into the tab in which Ann is signed in, and reloads it. */
async function replaceToken(page: Page, token: string): Promise<void> {
  await page.evaluate((token) => {
    const key = "agent-chat.identity";
    const identity = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    sessionStorage.setItem(key, JSON.stringify({ ...identity, token }));
  }, token);
  await page.reload();
}

const chat = chatForFile({ agents: [] });

const anHourAgo = Math.floor(Date.now() / 1000) - 3600;

test.for([
  ["expired", sign({ sub: "ann", scope: "chat:read chat:write", exp: anHourAgo })],
  [
    "forged",
    sign({ sub: "ann", scope: "chat:read chat:write" }, "another secret than the server's"),
  ],
  ["garbled", "no token at all"],
] as const)(
  "a token that is %s asks to sign in again, and goes on there",
  async ([kind, token]) => {
    const { page } = await person(chat.url);
    await signIn(page, "Ann");
    await openConversation(page, "Welcome");
    const address = page.url();

    await replaceToken(page, token);
    const dialog = page.getByRole("dialog", { name: "Sign in again" });
    await dialog.waitFor();
    if (kind === "expired") await screenshots(page, "agent-chat-sign-in-again");
    await dialog.getByRole("button", { name: "Continue as Ann" }).click();

    await say(page, `back again, ${kind}`);
    await waitForMessage(page, `back again, ${kind}`);
    expect(page.url()).toBe(address);
    expect(await dialog.count()).toBe(0);
  },
);

test("whoever comes by the address of a conversation signs in first, and is there", async () => {
  const ann = await person(chat.url);
  await signIn(ann.page, "Ann");
  await openConversation(ann.page, "Welcome");
  const ben = await person(ann.page.url());

  await signIn(ben.page, "Ben");

  await ben.page.getByRole("heading", { level: 1, name: "Welcome" }).waitFor();
  expect(ben.page.url()).toBe(ann.page.url());
});
