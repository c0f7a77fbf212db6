// What events make of a conversation.

import type { Message } from "@tautline/agent-chat";
import { Chat } from "@tautline/agent-chat";
import type { EventMeta, ServerEvent } from "@tautline/react";
import { expect, test } from "vitest";
import { type Conversation, chatState } from "../src/state/chat-state.js";
import { message } from "./world.js";

const START: Conversation = {
  session: {
    sessionId: "s1",
    title: "Welcome",
    members: ["ann", "ben"],
    createdAt: "2026-03-02T09:00:00Z",
    activeAt: "2026-03-02T09:00:00Z",
  },
  messages: [message("m1", "ben", "Good morning")],
  more: false,
  contexts: [],
};

/** The state after an event. */
function after<P>(
  state: Conversation,
  event: ServerEvent<P>,
  payload: P,
  meta: EventMeta = {},
): Conversation {
  const reduce = chatState.reducers.get(event.name);
  return reduce?.(state, payload, meta) as Conversation;
}

const ids = ({ messages }: Conversation) => messages.map(({ messageId }) => messageId);
const { messageCreated, messageEdited, messageDeleted } = Chat.events;

test("a message that is told twice is there once", () => {
  const once = after(START, messageCreated, message("m2", "ann", "Hello"));
  const twice = after(once, messageCreated, message("m2", "ann", "Hello"));

  expect(ids(twice)).toEqual(["m1", "m2"]);
});

test("a message has the place of its event, and keeps it when it is edited", () => {
  const { seq: _none, ...written } = message("m2", "ann", "Hello");
  const created = after(START, messageCreated, written, { seq: 7 });
  const edited = after(created, messageEdited, { ...written, revision: 1 }, { seq: 9 });

  expect(edited.messages[1]).toMatchObject({ seq: 7, revision: 1 });
});

test("the command that a message came of is known", () => {
  const state = after(START, messageCreated, message("m2", "ann", "Hello"), { cause: "c1" });

  expect(state.causes).toEqual({ c1: "m2" });
});

test("a reply in a thread is counted at its first message, once", () => {
  const reply = message("m2", "ann", "In the thread", { thread: "m1" });
  const once = after(START, messageCreated, reply);
  const twice = after(once, messageCreated, reply);

  expect(twice.messages[0]?.replies).toBe(1);
});

test("a deleted message keeps its place, and takes along what it shared", () => {
  const shared: Message = {
    ...message("m2", "ann", ""),
    createdAt: "2026-03-02T10:00:00Z",
    body: {
      type: "context",
      title: "Notes",
      extent: "full",
      content: "Everything.",
      agents: [],
      expiresIn: 60,
    },
  };
  const created = after(START, messageCreated, shared);
  expect(created.contexts).toMatchObject([
    { title: "Notes", expiresAt: "2026-03-02T10:01:00.000Z" },
  ]);

  const deleted = after(created, messageDeleted, { sessionId: "s1", messageId: "m2" });

  expect(ids(deleted)).toEqual(["m1", "m2"]);
  expect(deleted.messages[1]?.body).toEqual({ type: "deleted" });
  expect(deleted.contexts).toEqual([]);
});
