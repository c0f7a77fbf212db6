// Opens pages in the shared browser, each in a context of its own: a person at another computer.

import { type Browser, chromium, type Page } from "playwright-core";
import { inject } from "vitest";
import { record, type Traffic } from "./traffic.js";

/** A person's open page. */
export interface OpenPage {
  readonly page: Page;
  /** What it sent to the Socket.IO path since it was opened. */
  readonly traffic: Traffic;
  /** Errors and warnings of the page's console, and exceptions that nobody caught. */
  readonly complaints: readonly string[];
}

let browser: Promise<Browser> | undefined;

/** Opens a page as a person with a computer of their own would. */
export async function openPage(url: string): Promise<OpenPage> {
  browser ??= chromium.connect(inject("browser"));
  const context = await (await browser).newContext({ colorScheme: "light" });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const traffic = await record(page);

  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });

  await page.goto(url);
  return { page, traffic, complaints };
}

/** Closes every page that the test opened. */
export async function closePages(): Promise<void> {
  const contexts = (await browser)?.contexts() ?? [];
  await Promise.all(contexts.map((context) => context.close()));
}
