// The agents, as components ask for them.

import { type Agent, Agents, type UserId } from "@tautline/agent-chat";
import { usePresence, useRoomState } from "@tautline/react";
import { useMemo } from "react";
import { ROSTER, rosterState } from "./work-states.js";

const NONE: ReadonlyMap<string, Agent> = new Map();

/** All agents by their names; empty while they are not known. */
export function useAgentsByName(): ReadonlyMap<string, Agent> {
  const { state } = useRoomState(rosterState, ROSTER);
  return useMemo(
    () => (state ? new Map(state.agents.map((agent) => [agent.card.agentId, agent])) : NONE),
    [state],
  );
}

/** One agent; `undefined` for a person. */
export function useAgent(subject: UserId): Agent | undefined {
  const { state } = useRoomState(rosterState, ROSTER, ({ agents }) =>
    agents.find(({ card }) => card.agentId === subject),
  );
  return state;
}

/** The names of the agents that are connected. */
export function useConnectedAgents(): ReadonlySet<string> {
  const names = usePresence(Agents.rooms.agentRoster, ROSTER, ({ members }) =>
    members
      .map(({ state }) => state?.agentId)
      .filter((it) => it !== undefined)
      .sort()
      .join(" "),
  );
  return useMemo(() => new Set(names.split(" ").filter(Boolean)), [names]);
}
