// Tells the others that one is typing, and not more often than they need to hear it.

import { Chat, type SessionId } from "@tautline/agent-chat";
import { useClient } from "@tautline/react";
import { useCallback, useRef } from "react";

/** The others forget it after five seconds. */
const EVERY_MS = 3_000;

/** To be called at each key. */
export function useTyping(sessionId: SessionId): () => void {
  const client = useClient();
  const told = useRef(0);
  return useCallback(() => {
    const now = Date.now();
    if (now - told.current < EVERY_MS) return;
    told.current = now;
    void client.run(Chat.commands.typing, { sessionId });
  }, [client, sessionId]);
}
