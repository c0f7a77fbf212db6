// The page in the words of a person who uses it.

import type { Page } from "playwright-core";

/** Waits until the page says how its connection stands. */
export const waitForStatus = (page: Page, status: string) =>
  page.locator(`output[data-status=${status}]`).waitFor();

/** Says something. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** What has been said, as the page shows it. */
export const messages = (page: Page) =>
  page.getByRole("list", { name: "Messages" }).getByRole("listitem");

/** Waits until the page shows that this has been said. */
export const waitForMessage = (page: Page, text: string) =>
  messages(page).getByText(text, { exact: true }).first().waitFor();

/** All that has been said, in order. */
export const texts = (page: Page) => messages(page).locator("p").allTextContents();

/** What is not with the server yet. */
export const outbox = (page: Page) =>
  page.getByRole("region", { name: "Outbox" }).getByRole("listitem");

/** Waits until this is in the outbox, and stands so. */
export const waitForEntry = (page: Page, text: string, status: string) =>
  page.locator(`.outbox li[data-status=${status}]`, { hasText: text }).waitFor();

/** Waits until nothing is on its way any more. */
export const waitForEmptyOutbox = (page: Page) =>
  page.getByRole("region", { name: "Outbox" }).waitFor({ state: "detached" });

/** What is not with the server yet, in order. */
export const outboxTexts = (page: Page) => outbox(page).locator("p").allTextContents();

/** Who has said what has been said, in order. */
export const authors = (page: Page) => messages(page).locator("cite").allTextContents();

/** What the page says when something is wrong. */
export const alert = (page: Page) => page.getByRole("alert");

/** A tale, by its title. */
export const tale = (page: Page, title: string) => page.getByRole("article", { name: title });

/** Somebody among the people who are there. */
export const person = (page: Page, name: string) =>
  page.getByRole("region", { name: "People" }).getByRole("listitem").filter({ hasText: name });
