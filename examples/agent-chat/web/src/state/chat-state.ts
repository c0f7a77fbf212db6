// What the page knows of a conversation: what the join answered, and what its events make of it.

import {
  Chat,
  type ChatError,
  type ChatSession,
  type Message,
  type MessageId,
  type Participant,
  type SessionState,
  type SharedContext,
} from "@tautline/agent-chat";
import { type EventMeta, type Joinable, roomState } from "@tautline/react";

/** A conversation as the page knows it. */
export interface Conversation extends SessionState {
  /** Which message came of a command of this page: what waits in the outbox is not shown beside it. */
  readonly causes?: Readonly<Record<string, MessageId>>;
}

/** The same room, whose state may hold more than the join answers. */
const room: Joinable<ChatSession, Conversation, ChatError, Participant> = Chat.rooms.chatSession;

/** The conversation's state. */
export const chatState = roomState(room, Chat, {
  messageCreated: (state, message, meta) => withMessage(state, message, meta),
  messageEdited: (state, message) =>
    replaceMessage(state, message.messageId, ({ seq }) => ({
      ...message,
      seq: seq ?? message.seq,
    })),
  messageDeleted: (state, { messageId }) => ({
    ...replaceMessage(state, messageId, (it) => ({ ...it, body: { type: "deleted" } })),
    contexts: state.contexts.filter((context) => context.messageId !== messageId),
  }),
  sessionChanged: (state, session) => ({ ...state, session }),
  answer: {
    // An answer that is complete is a message, whether that is told beside it or not.
    ended: (state, end, meta) =>
      end.status === "finished" && end.answer ? withMessage(state, end.answer, meta) : state,
  },
});

/** A message that was written. Told twice, it is there once. Its own event is what says its place in the room. */
function withMessage(state: Conversation, written: Message, meta: EventMeta): Conversation {
  const message = { ...written, seq: written.seq ?? meta.seq ?? null };
  const isKnown = state.messages.some(({ messageId }) => messageId === message.messageId);
  const messages = isKnown
    ? state.messages.map((it) => (it.messageId === message.messageId ? message : it))
    : [...state.messages.map((it) => (isThreadOf(it, message) ? grown(it) : it)), message];
  return {
    ...state,
    messages,
    session: { ...state.session, activeAt: message.createdAt },
    contexts: withContext(state.contexts, message),
    ...(meta.cause !== undefined && {
      causes: { ...state.causes, [meta.cause]: message.messageId },
    }),
  };
}

function isThreadOf(first: Message, reply: Message): boolean {
  return reply.thread === first.messageId;
}

function grown(first: Message): Message {
  return { ...first, replies: first.replies + 1 };
}

function replaceMessage(
  state: Conversation,
  messageId: MessageId,
  change: (message: Message) => Message,
): Conversation {
  const messages = state.messages.map((it) => (it.messageId === messageId ? change(it) : it));
  return { ...state, messages };
}

/** A context is shared by a message, and has its name. */
function withContext(
  contexts: readonly SharedContext[],
  { messageId, body, createdAt }: Message,
): SharedContext[] {
  if (body.type !== "context") return [...contexts];
  const { title, extent, content, agents, expiresIn } = body;
  const expiresAt =
    typeof expiresIn === "number"
      ? new Date(Date.parse(createdAt) + expiresIn * 1000).toISOString()
      : undefined;
  return [
    ...contexts.filter((it) => it.messageId !== messageId),
    { contextId: messageId, messageId, title, extent, content, agents, expiresAt },
  ];
}
