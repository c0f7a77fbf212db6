// What was begun to write, kept while one looks elsewhere or reloads.

import { useSessionStorage } from "@mantine/hooks";
import type { MessageId, SessionId } from "@tautline/agent-chat";

/** What a draft is kept under. */
export function draftKey(sessionId: SessionId, thread: MessageId | null | undefined): string {
  return thread ? `${sessionId} ${thread}` : sessionId;
}

/** The draft of one conversation or thread. */
export function useDraft(key: string) {
  const [draft, setDraft] = useSessionStorage({
    key: `agent-chat.draft ${key}`,
    defaultValue: "",
    getInitialValueInEffect: false,
  });
  return [draft, setDraft] as const;
}
