// Puts a conversation into the order in which it is read: days, messages that belong together, and what waits.

import type { Message } from "@tautline/agent-chat";

/** A row of the timeline. */
export type Row =
  | { readonly type: "day"; readonly key: string; readonly at: string }
  | {
      readonly type: "message";
      readonly key: string;
      readonly message: Message;
      readonly isFollowing: boolean;
    };

/** Messages of one author within so long are one group, with one head. */
const GROUP_MS = 5 * 60_000;

/**
 * The rows of the main timeline. Messages of threads are in their thread: here only their first one is shown. A page of
 * history may hold what the conversation holds already: each message is there once, as it was known last.
 */
export function rowsOf(messages: readonly Message[]): readonly Row[] {
  const rows: Row[] = [];
  let before: Message | undefined;
  for (const message of messages) {
    if (isInThread(message)) continue;
    const isNewDay = before === undefined || dayOf(before.createdAt) !== dayOf(message.createdAt);
    if (isNewDay) {
      rows.push({ type: "day", key: `day ${dayOf(message.createdAt)}`, at: message.createdAt });
    }
    const isFollowing = !isNewDay && before !== undefined && belongs(before, message);
    rows.push({ type: "message", key: message.messageId, message, isFollowing });
    before = message;
  }
  return rows;
}

/** Older pages before what the conversation holds, each message once. */
export function joined(older: readonly Message[], newer: readonly Message[]): readonly Message[] {
  if (older.length === 0) return newer;
  const known = new Set(newer.map(({ messageId }) => messageId));
  return [...older.filter(({ messageId }) => !known.has(messageId)), ...newer];
}

/** Whether a message is shown in its thread and not in the conversation itself. */
export function isInThread({ thread, messageId }: Message): boolean {
  return typeof thread === "string" && thread !== messageId;
}

function belongs(before: Message, message: Message): boolean {
  const isTalk = (it: Message) => it.body.type === "text" || it.body.type === "deleted";
  return (
    before.author === message.author &&
    isTalk(before) &&
    isTalk(message) &&
    !message.replyTo &&
    Date.parse(message.createdAt) - Date.parse(before.createdAt) < GROUP_MS
  );
}

function dayOf(at: string): string {
  return new Date(at).toDateString();
}
