// The pages of history before what the conversation holds.

import { Chat, type Message, type SessionId } from "@tautline/agent-chat";
import { type Problem, useClient, useEvent } from "@tautline/react";
import { useCallback, useRef, useState } from "react";
import type { Conversation } from "../state/chat-state.js";

/** Older messages, and how to get more of them. */
export interface OlderMessages {
  readonly messages: readonly Message[];
  /** Whether there are more. */
  readonly more: boolean;
  readonly isLoading: boolean;
  readonly problem: Problem | undefined;
  loadMore(): void;
}

/** What was loaded, and before which message: after a fresh start of the room there may be a gap. */
interface Pages {
  readonly before: string;
  readonly messages: readonly Message[];
  readonly more: boolean;
}

const PAGE = 50;

/** The older messages of the conversation that is looked at. */
export function useOlderMessages(
  sessionId: SessionId,
  conversation: Conversation | undefined,
): OlderMessages {
  const client = useClient();
  const [loaded, setLoaded] = useState<Pages>();
  const [problem, setProblem] = useState<Problem>();
  const [isLoading, setIsLoading] = useState(false);
  const isAsking = useRef(false);

  const first = conversation?.messages[0]?.messageId;
  const pages = loaded?.before === first ? loaded : undefined;
  const more = pages?.more ?? conversation?.more ?? false;
  const before = pages?.messages[0]?.messageId ?? first;

  const loadMore = useCallback(async () => {
    if (isAsking.current || before === undefined || first === undefined) return;
    isAsking.current = true;
    setIsLoading(true);
    const result = await client.run(Chat.commands.listMessages, { sessionId, before, limit: PAGE });
    isAsking.current = false;
    setIsLoading(false);
    setProblem(result.ok ? undefined : result.problem);
    if (!result.ok) return;
    const { messages, more } = result.value;
    setLoaded((known) => ({
      before: first,
      messages: [...messages, ...(known?.before === first ? known.messages : [])],
      more,
    }));
  }, [client, sessionId, before, first]);

  const change = (messageId: string, next: (message: Message) => Message) =>
    setLoaded(
      (known) =>
        known && {
          ...known,
          messages: known.messages.map((it) => (it.messageId === messageId ? next(it) : it)),
        },
    );
  useEvent(Chat.events.messageEdited, (message) => change(message.messageId, () => message));
  useEvent(Chat.events.messageDeleted, ({ messageId }) =>
    change(messageId, (it) => ({ ...it, body: { type: "deleted" } })),
  );

  return {
    messages: pages?.messages ?? [],
    more,
    isLoading,
    problem,
    loadMore: () => void loadMore(),
  };
}
