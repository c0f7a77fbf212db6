// What the parts of one conversation's page share.

import type { SessionId } from "@tautline/agent-chat";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Conversation } from "../state/chat-state.js";

/** The conversation that is looked at; its state is not there until the join is answered. */
interface Shown {
  readonly sessionId: SessionId;
  readonly conversation: Conversation | undefined;
}

const ConversationContext = createContext<Shown | undefined>(undefined);

/** Around the page of one conversation. */
export function ConversationProvider({
  sessionId,
  conversation,
  children,
}: Shown & { children: ReactNode }) {
  const shown = useMemo(() => ({ sessionId, conversation }), [sessionId, conversation]);
  return <ConversationContext.Provider value={shown}>{children}</ConversationContext.Provider>;
}

/** The conversation that is looked at. */
export function useConversation(): Shown {
  const shown = useContext(ConversationContext);
  if (shown === undefined) throw new Error("there is no <ConversationProvider> around this");
  return shown;
}
