// Names after an `@`: what is offered while one is being written, and what becomes of the text.

import { useMemo } from "react";
import { useAgentsByName } from "../state/use-agents.js";
import { useConversation } from "./conversation-context.js";

/** A name that is being written at the end of a text. */
const BEGUN = /(^|[\s(])@([a-z0-9-]*)$/i;

/** The members whose names begin as the text ends, agents first: they answer. */
export function useMentions(text: string): readonly string[] {
  const { conversation } = useConversation();
  const agents = useAgentsByName();
  const begun = BEGUN.exec(text)?.[2]?.toLowerCase();
  return useMemo(() => {
    if (begun === undefined) return [];
    // A name that is complete is not offered: Enter sends what is written.
    const members = (conversation?.session.members ?? []).filter(
      (it) => it.startsWith(begun) && it !== begun,
    );
    const rank = (member: string) => (agents.has(member) ? 0 : 1);
    return members.sort((a, b) => rank(a) - rank(b));
  }, [begun, conversation, agents]);
}

/** The text with the whole name. */
export function completed(text: string, name: string): string {
  return text.replace(BEGUN, (_begun, before: string) => `${before}@${name} `);
}
