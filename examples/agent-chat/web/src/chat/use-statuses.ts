// How far the messages of the conversation that is looked at have got.

import { Chat, type Message, type MessageStatus } from "@tautline/agent-chat";
import { useReceipts } from "@tautline/react";
import { useCallback } from "react";
import { useSubject } from "../identity/identity-context.js";
import { messageStatus } from "../state/message-status.js";
import { useConversation } from "./conversation-context.js";

/** Says it of one's own messages; of others nobody asks. */
export function useStatuses(): (message: Message) => MessageStatus | undefined {
  const subject = useSubject();
  const { sessionId, readers } = useConversation();
  const receipts = useReceipts(Chat.rooms.chatSession, { sessionId });
  return useCallback(
    (message) =>
      message.author === subject ? messageStatus(message, readers, receipts) : undefined,
    [subject, readers, receipts],
  );
}
