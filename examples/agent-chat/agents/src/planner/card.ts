// How the planner introduces itself.

import type { AgentCard } from "@tautline/agent-chat";

/** The planner's card. */
export const plannerCard: AgentCard = {
  agentId: "planner",
  name: "Planner",
  description:
    "Takes a task apart, does it step by step and reports. Asks the people of the conversation before it publishes.",
  color: "#b45309",
  icon: "list-checks",
  capabilities: [
    { name: "plan", description: "Works on a task step by step." },
    { name: "publish_report", description: "Publishes a report, if somebody approves." },
  ],
  version: "1.0.0",
};
