// The page in the words of a person who uses it.

import type { Locator, Page } from "playwright-core";

/** Signs in as one of the people whom the page offers. */
export const signIn = (page: Page, name: "Ann" | "Ben") =>
  page.getByRole("button", { name: `Continue as ${name}` }).click();

/** Opens a conversation from the list. */
export async function openConversation(page: Page, title: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "Conversations" })
    .getByRole("link", { name: title })
    .click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
  await log(page).getByRole("article").first().waitFor();
}

/** Opens the dashboard from the list. */
export async function openDashboard(page: Page): Promise<void> {
  await page.getByRole("link", { name: /^Dashboard/ }).click();
  await page.getByRole("heading", { level: 1, name: "Dashboard" }).waitFor();
}

/** What was said, and what is being said. */
export const log = (page: Page): Locator => page.getByRole("log", { name: "Messages" });

/** The messages with these words. */
export const message = (page: Page, text: string | RegExp): Locator =>
  log(page).getByRole("article").filter({ hasText: text });

/** The place where one writes. */
export const input = (page: Page): Locator => page.getByRole("textbox", { name: "Message" });

/** Says something. */
export async function say(page: Page, text: string): Promise<void> {
  await input(page).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Waits until the page shows that this was said. */
export const waitForMessage = (page: Page, text: string | RegExp) =>
  message(page, text).first().waitFor();

/** The answer that an agent is writing. */
export const liveAnswer = (page: Page): Locator =>
  log(page).getByRole("article", { name: /is answering$/ });

/** The question of an agent that waits for a decision. */
export const approval = (page: Page): Locator =>
  page.getByRole("region", { name: "Approval: publish_report" });

/** What the page says when something is wrong. */
export const alert = (page: Page): Locator => page.getByRole("alert");

/** What the page says while the connection is missing. */
export const banner = (page: Page): Locator => page.getByRole("status", { name: "Offline" });

/** A row in the list of tasks. */
export const task = (page: Page, title: string): Locator =>
  page.getByRole("list", { name: "Tasks" }).getByRole("listitem").filter({ hasText: title });

/** Opens a task from the list. */
export async function openTask(page: Page, title: string): Promise<void> {
  await task(page, title).getByRole("link").click();
  await page.getByRole("article", { name: title }).waitFor();
}

/** A task as a person gives it out. */
export interface GivenTask {
  readonly title: string;
  readonly description: string;
  /** The name of the agent that is to do it. */
  readonly agent: string;
  /** The title of the conversation that it belongs to. */
  readonly conversation: string;
}

/** Gives out a task from the dashboard. */
export async function createTask(page: Page, given: GivenTask): Promise<void> {
  await page.getByRole("button", { name: "New task" }).click();
  const form = page.getByRole("dialog", { name: "New task" });
  await form.getByRole("textbox", { name: "Title" }).fill(given.title);
  await form.getByRole("textbox", { name: "Description" }).fill(given.description);
  await choose(page, form, "Agents", given.agent);
  await page.keyboard.press("Escape");
  await choose(page, form, "Conversation", given.conversation);
  await form.getByRole("button", { name: "Create task" }).click();
  await form.waitFor({ state: "detached" });
}

async function choose(page: Page, form: Locator, field: string, option: string): Promise<void> {
  await form.getByLabel(field).first().click();
  await page.getByRole("option", { name: option, exact: true }).click();
}
