// Shows the others that one is looking at the conversation, and takes it back when one goes elsewhere.

import { Chat, type SessionId } from "@tautline/agent-chat";
import { usePresent } from "@tautline/react";
import { useEffect } from "react";
import { useSubject } from "../identity/identity-context.js";
import { nameOf } from "../state/words.js";

/** Renders nothing. */
export function Here({ sessionId }: { sessionId: SessionId }) {
  const subject = useSubject();
  const present = usePresent(Chat.rooms.chatSession, { sessionId });
  useEffect(() => {
    void present({ name: nameOf(subject), isAgent: false });
    // The room stays: without this the others would see us here for as long as the page lives.
    return () => void present(undefined);
  }, [present, subject]);
  return null;
}
