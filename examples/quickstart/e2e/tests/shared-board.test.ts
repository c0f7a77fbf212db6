// Two people with a browser each, on one board.

import { afterEach, beforeEach, expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { closePages, openPage } from "../harness/browser.js";
import { addCard, cards, waitForStatus } from "../harness/quickstart.js";
import { type QuickstartServer, startServer } from "../harness/server.js";

let server: QuickstartServer;

beforeEach(async () => {
  server = await startServer();
});

afterEach(async () => {
  await closePages();
  await server.stop();
});

/** Opens the board for one more person. */
async function join() {
  const { page } = await openPage(server.url);
  await waitForStatus(page, "connected");
  return page;
}

test("two people see each other's cards", async () => {
  const [ada, ben] = [await join(), await join()];

  await addCard(ada, "from Ada");
  await cards(ben).getByText("from Ada").waitFor();
  await addCard(ben, "from Ben");
  await cards(ada).getByText("from Ben").waitFor();

  expect(await cards(ada).allTextContents()).toEqual(["from Ada", "from Ben"]);
  expect(await cards(ben).allTextContents()).toEqual(["from Ada", "from Ben"]);
});

test("who comes later sees what is there", async () => {
  const ada = await join();
  await addCard(ada, "written before");

  const ben = await join();

  await cards(ben).getByText("written before").waitFor();
});

test("who is there hears that somebody came", async () => {
  const ada = await join();

  await join();

  await ada.getByText("Somebody has joined you.").waitFor();
});

test("a refused card says why and what to do", async () => {
  const ada = await join();
  await addCard(ada, "milk");
  await cards(ada).getByText("milk").waitFor();

  await addCard(ada, "milk");

  const alert = ada.getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toBe("“milk” is here already. Choose other words.");
  await screenshots(ada, "refused");
});

test("a card that breaks a constraint is refused before the handler", async () => {
  const ada = await join();

  await addCard(ada, "x".repeat(61));

  await ada.getByRole("alert").waitFor();
  expect(await cards(ada).count()).toBe(0);
});

test("a full board asks whether its oldest card may go", async () => {
  const [ada, ben] = [await join(), await join()];
  for (let number = 1; number <= 12; number += 1) {
    await addCard(ada, `card ${number}`);
    await cards(ada).getByText(`card ${number}`, { exact: true }).waitFor();
  }

  await addCard(ada, "one more");
  await ben.getByRole("alertdialog").waitFor();
  await screenshots(ben, "question");
  await ben.getByRole("button", { name: "Yes" }).click();

  await cards(ada).getByText("one more").waitFor();
  await ada.getByRole("alertdialog").waitFor({ state: "detached" });
  expect(await cards(ben).allTextContents()).not.toContain("card 1");
  expect(await cards(ben).count()).toBe(12);
});
