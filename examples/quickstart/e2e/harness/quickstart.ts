// The quickstart's page in the words of a person who uses it.

import type { Page } from "playwright-core";

/** Waits until the page says how its connection stands. */
export const waitForStatus = (page: Page, status: string) =>
  page.getByRole("status").getByText(status, { exact: true }).waitFor();

/** Writes a card and sends it. */
export async function addCard(page: Page, title: string): Promise<void> {
  await page.getByLabel("New card").fill(title);
  await page.getByRole("button", { name: "Add" }).click();
}

/** The cards on the board. */
export const cards = (page: Page) => page.getByRole("listitem");
