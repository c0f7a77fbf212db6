// The sessions that an agent takes part in: entered when it is first needed there, and kept.

import {
  Chat,
  type Message,
  type SessionId,
  type SessionState,
  type SharedContext,
} from "@tautline/agent-chat";
import {
  type Client,
  ProblemError,
  type Room,
  type RoomStateSnapshot,
  roomState,
} from "@tautline/client";
import { until } from "./until.js";

/** How many messages an agent looks back. */
const MEMORY = 100;

/** How many sessions an agent sits in at a time: the server takes 128 rooms of a connection. */
const SEATS = 64;

/** The state of a session, as an agent follows it. */
export const sessionState = roomState(Chat.rooms.chatSession, Chat, {
  messageCreated: (state, message) => withMessage(state, message),
  messageEdited: (state, message) => withMessage(state, message),
  messageDeleted: (state, { messageId }) => ({
    ...state,
    messages: state.messages.map((it) =>
      it.messageId === messageId ? { ...it, body: { type: "deleted" } } : it,
    ),
  }),
  sessionChanged: (state, session) => ({ ...state, session }),
});

/** The sessions of an agent. */
export interface Sessions {
  /** What stands in a session. Enters it if need be; rejects with a `ProblemError` when it may not. */
  enter(sessionId: SessionId, signal: AbortSignal): Promise<SessionState>;
  /** Takes a seat in every session that the agent is a member of. */
  enterAll(): Promise<void>;
}

type Seat = Room<RoomStateSnapshot<SessionState>, { name: string; isAgent: boolean }>;

/** Makes the sessions of the agent that shows itself as `name`. */
export function createSessions(client: Client, name: string): Sessions {
  /** The last used one last. */
  const seats = new Map<SessionId, Seat>();

  function sit(sessionId: SessionId): Seat {
    let seat = seats.get(sessionId);
    seats.delete(sessionId);
    if (!seat || seat.getSnapshot().status === "denied") {
      seat?.leave();
      seat = client.join(sessionState, { sessionId });
      void seat.present({ name, isAgent: true });
    }
    seats.set(sessionId, seat);
    for (const [oldest, left] of seats) {
      if (seats.size <= SEATS) break;
      seats.delete(oldest);
      left.leave();
    }
    return seat;
  }

  // An agent reads at once whatever is said where it sits.
  client.on(Chat.events.messageCreated, ({ sessionId }, meta) => seats.get(sessionId)?.read(meta));

  return {
    async enter(sessionId, signal) {
      const { state, problem } = await until(sit(sessionId), isDecided, signal);
      if (state) return state;
      throw new ProblemError(problem);
    },
    async enterAll() {
      const page = { withArchived: false, limit: SEATS };
      const listed = await client.run(Chat.commands.listSessions, page);
      // Without the list the agent sits down where it is asked.
      if (listed.ok) for (const { sessionId } of listed.value.sessions) sit(sessionId);
    },
  };
}

type Snapshot = RoomStateSnapshot<SessionState>;
type Decided = Snapshot &
  (
    | { readonly state: SessionState; readonly problem?: never }
    | { readonly state: undefined; readonly problem: NonNullable<Snapshot["problem"]> }
  );

/** Whether the agent is in, or knows that it may not. */
function isDecided(snapshot: Snapshot): snapshot is Decided {
  return snapshot.state !== undefined || snapshot.status === "denied";
}

/** A message may be there already: the state of a join has what the first events tell. */
function withMessage(state: SessionState, message: Message): SessionState {
  const isKnown = state.messages.some(({ messageId }) => messageId === message.messageId);
  const messages = isKnown
    ? state.messages.map((it) => (it.messageId === message.messageId ? message : it))
    : [...state.messages, message].slice(-MEMORY);
  return { ...state, messages };
}

/** What is shared with an agent: by the state of the join, and by the messages that came since. */
export type Shared = Pick<SharedContext, "title" | "extent" | "content">;

/** What was shared in a session with `agentId` before `message` and still counted then, oldest first. */
export function sharedWith(agentId: string, state: SessionState, message: Message): Shared[] {
  const at = Date.parse(message.createdAt);
  const isFor = (agents: readonly string[]) => agents.length === 0 || agents.includes(agentId);
  const known = new Set(state.contexts.map(({ messageId }) => messageId));
  const old = state.contexts.filter(
    ({ agents, expiresAt }) => isFor(agents) && (!expiresAt || Date.parse(expiresAt) > at),
  );
  const added = state.messages.flatMap(({ messageId, body, createdAt }) => {
    if (body.type !== "context" || known.has(messageId) || !isFor(body.agents)) return [];
    const since = Date.parse(createdAt);
    const isOver = body.expiresIn != null && since + body.expiresIn * 1000 <= at;
    return since <= at && !isOver ? [body] : [];
  });
  return [...old, ...added].map(({ title, extent, content }) => ({ title, extent, content }));
}
