// How the scribe introduces itself.

import type { AgentCard } from "@tautline/agent-chat";

/** The scribe's card. */
export const scribeCard: AgentCard = {
  agentId: "scribe",
  name: "Scribe",
  description:
    "Writes up what a conversation and its shared context say about a question. Works by rules: no model, no network.",
  color: "#2563eb",
  icon: "pen-line",
  capabilities: [
    { name: "answer", description: "Answers a message, word by word; it may be interrupted." },
    { name: "summarise", description: "Sums up a conversation and what is still open in it." },
  ],
  version: "1.0.0",
};
