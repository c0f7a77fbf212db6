// What the parts of one conversation's page share.

import type { SessionId, UserId } from "@tautline/agent-chat";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Conversation } from "../state/chat-state.js";
import { readersOf } from "../state/message-status.js";
import { useAgentsByName } from "../state/use-agents.js";

/** The conversation that is looked at; its state is not there until the join is answered. */
interface Shown {
  readonly sessionId: SessionId;
  readonly conversation: Conversation | undefined;
  /** By whose receipts its messages are judged. */
  readonly readers: readonly UserId[];
}

const ConversationContext = createContext<Shown | undefined>(undefined);

/** Around the page of one conversation. */
export function ConversationProvider({
  sessionId,
  conversation,
  children,
}: Omit<Shown, "readers"> & { children: ReactNode }) {
  const agents = useAgentsByName();
  const members = conversation?.session.members;
  const readers = useMemo(
    () => readersOf(members ?? [], (member) => agents.has(member)),
    [members, agents],
  );
  const shown = useMemo(
    () => ({ sessionId, conversation, readers }),
    [sessionId, conversation, readers],
  );
  return <ConversationContext.Provider value={shown}>{children}</ConversationContext.Provider>;
}

/** The conversation that is looked at. */
export function useConversation(): Shown {
  const shown = useContext(ConversationContext);
  if (shown === undefined) throw new Error("there is no <ConversationProvider> around this");
  return shown;
}
