// How far a message of ours has got, as the tick beside it says it.

import type { Message, MessageStatus, UserId } from "@tautline/agent-chat";
import type { ReceiptsSnapshot } from "@tautline/react";

/** What a status is called, for those who cannot see the tick. */
export const STATUS_LABEL: Readonly<Record<MessageStatus, string>> = {
  pending: "Waiting to be sent",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read by everyone",
  failed: "Not sent",
  retrying: "Sending again",
};

const ORDER: Readonly<Record<MessageStatus, number>> = {
  failed: 0,
  pending: 0,
  retrying: 0,
  sent: 1,
  delivered: 2,
  read: 3,
};

/** Those by whose receipts messages are judged: people, or the agents where there are none. */
export function readersOf(
  members: readonly UserId[],
  isAgent: (member: UserId) => boolean,
): readonly UserId[] {
  const people = members.filter((it) => !isAgent(it));
  return people.length === 0 ? members : people;
}

/** Where a stored message stands: what the server said with it, or what the receipts of its readers say since. */
export function messageStatus(
  message: Message,
  readers: readonly UserId[],
  receipts: ReceiptsSnapshot,
): MessageStatus {
  const { seq, author, status } = message;
  const others = readers.filter((it) => it !== author);
  if (typeof seq !== "number" || others.length === 0) return status;
  const reached = (mark: "delivered" | "read") =>
    others.every((member) => (receipts[member]?.[mark] ?? 0) >= seq);
  const heard = reached("read") ? "read" : reached("delivered") ? "delivered" : "sent";
  return ORDER[heard] > ORDER[status] ? heard : status;
}
