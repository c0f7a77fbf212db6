// What was begun to write, kept while one looks elsewhere or reloads.

import { useSessionStorage } from "@mantine/hooks";

/** The draft of one conversation or thread. */
export function useDraft(key: string) {
  const [draft, setDraft] = useSessionStorage({
    key: `agent-chat.draft ${key}`,
    defaultValue: "",
    getInitialValueInEffect: false,
  });
  return [draft, setDraft] as const;
}
