// The name of a person or an agent.

import type { UserId } from "@tautline/agent-chat";
import { useAgent } from "../state/use-agents.js";
import { nameOf } from "../state/words.js";

/** What somebody is called: agents as their card says. */
export function useDisplayName(subject: UserId): string {
  return useAgent(subject)?.card.name ?? nameOf(subject);
}

/** The same as text. */
export function DisplayName({ subject }: { subject: UserId }) {
  return useDisplayName(subject);
}
