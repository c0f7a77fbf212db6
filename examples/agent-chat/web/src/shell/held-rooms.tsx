// The rooms that the whole page lives from. They are entered once and held here, so that moving between pages enters
// and leaves nothing.

import { Chat } from "@tautline/agent-chat";
import { useRoom, useRoomState } from "@tautline/react";
import { useSubject } from "../identity/identity-context.js";
import { useSessions } from "../state/sessions-context.js";
import { dashboardState, ROSTER, rosterState } from "../state/work-states.js";

/** Holds the agents, the tasks, and the newest conversations. */
export function HeldRooms() {
  const owner = useSubject();
  const { followed } = useSessions();
  useRoomState(rosterState, ROSTER);
  useRoomState(dashboardState, { owner });
  return [...followed].map((sessionId) => <HeldSession key={sessionId} sessionId={sessionId} />);
}

function HeldSession({ sessionId }: { sessionId: string }) {
  useRoom(Chat.rooms.chatSession, { sessionId });
  return null;
}
