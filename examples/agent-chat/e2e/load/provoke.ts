// What the load run does wrong on purpose, and what it has to be told for it.

import { Chat, type SessionId, Tasks } from "@tautline/agent-chat";
import type { Person } from "./person.js";

/** Refusals that a run provokes, as the tally counts them. */
export const PROVOKED = {
  "send_message invalid_payload": 1,
  "cancel_task tasks.illegal_transition": 1,
  "list_messages not_joined": 1,
  "join_chat_session chat.session_not_found": 1,
} as const;

/** The same as the server counts them. */
export const PROVOKED_CODES = {
  "chat.session_not_found": 1,
  invalid_payload: 1,
  not_joined: 1,
  "tasks.illegal_transition": 1,
} as const;

/** Makes each mistake once. `foreign` is a session that the person is no member of. */
export async function provoke(person: Person, own: SessionId, foreign: SessionId): Promise<void> {
  const { client, name, tally } = person;
  const text = "x".repeat(8_001);
  const long = { sessionId: own, body: { type: "text" as const, text } };
  await tally.time("send_message", client.run(Chat.commands.sendMessage, long));

  const created = await client.run(Tasks.commands.createTask, {
    title: `A task that ${name} calls off twice`,
    description: "",
    priority: "low",
    agents: [],
  });
  if (created.ok) {
    const { taskId } = created.value;
    await client.run(Tasks.commands.cancelTask, { taskId });
    await tally.time("cancel_task", client.run(Tasks.commands.cancelTask, { taskId }));
  }

  const page = { sessionId: foreign, limit: 10 };
  await tally.time("list_messages", client.run(Chat.commands.listMessages, page));
  const room = client.join(Chat.rooms.chatSession, { sessionId: foreign });
  await new Promise<void>((resolve) => {
    const stop = room.subscribe(() => {
      const { status, problem } = room.getSnapshot();
      if (status !== "denied" || !problem) return;
      tally.note("join_chat_session", problem);
      stop();
      resolve();
    });
  });
  room.leave();
}
