// A task from its making through an approval to its result, as people in other browsers see it.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { screenshots } from "../../../../clients/conformance/browser/harness/screenshots.js";
import { startChat } from "../harness/chat.js";
import {
  approval,
  createTask,
  openConversation,
  openDashboard,
  openTask,
  signIn,
  task,
  waitForMessage,
} from "../harness/page.js";
import { person } from "../harness/person.js";

const FIND_A_ROOM = {
  title: "Find a room",
  description: "Ask around. Compare the prices.",
  agent: "Planner",
  conversation: "Welcome",
};

/** The status that the dashboard shows of a task. */
const waitForStatus = (page: Page, status: string) =>
  task(page, FIND_A_ROOM.title).getByText(status, { exact: true }).waitFor();

test("a task goes from its making through an approval to its result", async () => {
  const chat = await startChat({ agents: ["planner"], paceMs: 20 });
  const [ann, screen, ben] = [
    (await person(chat.url)).page,
    (await person(chat.url)).page,
    (await person(chat.url)).page,
  ];
  await signIn(ann, "Ann");
  await signIn(screen, "Ann");
  await signIn(ben, "Ben");
  await openDashboard(screen);
  await openConversation(ben, "Welcome");

  await openDashboard(ann);
  await createTask(ann, FIND_A_ROOM);
  await waitForStatus(screen, "In progress");
  await approval(ben).waitFor();
  await ben.reload();
  await approval(ben).waitFor();
  await screenshots(ben, "agent-chat-approval");
  await approval(screen).waitFor();
  await approval(ben).getByRole("button", { name: "Allow once" }).click();

  await waitForStatus(screen, "Completed");
  await approval(screen).waitFor({ state: "detached" });
  await screenshots(screen, "agent-chat-dashboard");
  await openTask(screen, FIND_A_ROOM.title);
  const result = screen.getByRole("region", { name: "Result" });
  await result.getByText("Compare the prices.").waitFor();
  await waitForMessage(ben, "Compare the prices.");
  const steps = screen.getByRole("list", { name: "Steps" }).getByRole("listitem");
  expect(await steps.count()).toBe(3);
});

test("a task that nobody approves fails for the reason that was given", async () => {
  const chat = await startChat({ agents: ["planner"], paceMs: 20 });
  const { page } = await person(chat.url);
  await signIn(page, "Ann");
  await openDashboard(page);
  await createTask(page, FIND_A_ROOM);

  await approval(page).getByRole("button", { name: "Decline" }).click();
  await approval(page).getByLabel("Why not?").fill("Not before Friday.");
  await approval(page).getByRole("button", { name: "Decline" }).click();

  await waitForStatus(page, "Failed");
  await openTask(page, FIND_A_ROOM.title);
  await page.getByRole("region", { name: "Result" }).getByText("Not before Friday.").waitFor();
  expect(await approval(page).count()).toBe(0);
});

test("a task that is called off stays so, and its agent lets go of it", async () => {
  const chat = await startChat({ agents: ["planner"], paceMs: 500 });
  const { page } = await person(chat.url);
  await signIn(page, "Ann");
  await openDashboard(page);
  await createTask(page, FIND_A_ROOM);
  await waitForStatus(page, "In progress");

  await openTask(page, FIND_A_ROOM.title);
  await page.getByRole("button", { name: "Cancel task" }).click();

  await page.getByRole("article", { name: FIND_A_ROOM.title }).getByText("Cancelled").waitFor();
  await chat.agents[0]?.line(/let go of “Find a room”/);
  expect(await page.getByRole("button", { name: "Cancel task" }).count()).toBe(0);
});
