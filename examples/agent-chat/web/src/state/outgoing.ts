// What somebody wrote and the server has not confirmed: from the outbox, and what was refused for good.

import type { MessageId, NewMessage, SessionId } from "@tautline/agent-chat";
import { Chat } from "@tautline/agent-chat";
import type { OutboxEntry, Problem } from "@tautline/react";

/** A message on its way, or one that did not make it. */
export interface Outgoing {
  readonly id: string;
  readonly message: NewMessage;
  readonly status: "pending" | "retrying" | "failed";
  readonly problem?: Problem;
  /** When it was written, in milliseconds of Unix time. */
  readonly writtenAt: number;
  /** Whether the outbox keeps it, or only this page. */
  readonly isQueued: boolean;
}

/** A message that the server refused while the page was open. */
export interface FailedSend {
  readonly id: string;
  readonly message: NewMessage;
  readonly problem: Problem;
  readonly writtenAt: number;
}

/** What is on its way into a conversation, oldest first. What `causes` names has arrived. */
export function outgoingOf(
  sessionId: SessionId,
  entries: readonly OutboxEntry[],
  failures: readonly FailedSend[],
  causes: Readonly<Record<string, MessageId>> = {},
): readonly Outgoing[] {
  const queued = entries
    .filter((entry) => isMessageFor(sessionId, entry) && causes[entry.id] === undefined)
    .map(
      (entry): Outgoing => ({
        id: entry.id,
        message: entry.payload as NewMessage,
        status: statusOf(entry),
        ...(entry.problem && { problem: entry.problem }),
        writtenAt: entry.queuedAt,
        isQueued: true,
      }),
    );
  const refused = failures
    .filter(({ message }) => message.sessionId === sessionId)
    .map((it): Outgoing => ({ ...it, status: "failed", isQueued: false }));
  return [...refused, ...queued].sort((a, b) => a.writtenAt - b.writtenAt);
}

function isMessageFor(sessionId: SessionId, { namespace, name, payload }: OutboxEntry): boolean {
  const { sendMessage } = Chat.commands;
  if (namespace !== sendMessage.namespace || name !== sendMessage.name) return false;
  return (payload as NewMessage).sessionId === sessionId;
}

function statusOf({ status, attempts }: OutboxEntry): Outgoing["status"] {
  if (status === "failed") return "failed";
  const isAgain = status === "sent" ? attempts > 1 : attempts > 0;
  return isAgain ? "retrying" : "pending";
}
