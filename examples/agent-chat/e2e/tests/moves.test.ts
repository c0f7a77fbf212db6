// Moving between the dashboard and a conversation costs the server nothing.

import { expect, test } from "vitest";
import { startChat } from "../harness/chat.js";
import { openConversation, openDashboard, signIn } from "../harness/page.js";
import { person } from "../harness/person.js";

test("twenty moves make no handshake, no join and no leave", async () => {
  const chat = await startChat({ agents: [] });
  const { page, sockets, complaints } = await person(chat.url);
  await signIn(page, "Ann");
  await openConversation(page, "Welcome");
  await openDashboard(page);
  const before = await chat.stats();

  for (let move = 0; move < 10; move += 1) {
    await openConversation(page, "Welcome");
    await openDashboard(page);
  }

  const after = await chat.stats();
  expect(before.joins).toBeGreaterThan(0);
  expect(after.handshakes).toBe(before.handshakes);
  expect(after.joins).toBe(before.joins);
  expect(after.leaves).toBe(before.leaves);
  expect(after.connections).toBe(before.connections);
  expect(sockets()).toBe(1);
  expect(complaints).toEqual([]);
});
