// What somebody has not read yet.

import type { Message, UserId } from "@tautline/agent-chat";
import type { Receipt } from "@tautline/react";
import { isInThread } from "./timeline.js";

/** How many of these messages are unread. */
export function unreadCount(
  messages: readonly Message[],
  mine: Receipt | undefined,
  subject: UserId,
): number {
  // Before the receipts are known, nothing is called unread: a number that goes away at once is noise.
  if (mine === undefined) return 0;
  const { read } = mine;
  return messages.filter(
    (it) =>
      it.author !== subject &&
      it.body.type !== "deleted" &&
      typeof it.seq === "number" &&
      it.seq > read &&
      !isInThread(it),
  ).length;
}
