// What every agent of this example is: somebody who signs in, introduces itself, hears what it is asked, and shows what it
// is doing.

import {
  type AgentCard,
  type AgentId,
  Agents,
  Chat,
  contract,
  type InboxState,
} from "@tautline/agent-chat";
import {
  type Client,
  type ClientOptions,
  createClient,
  type Problem,
  roomState,
} from "@tautline/client";
import { type ActivityBoard, activityBoard } from "./activity.js";
import type { Pause } from "./pause.js";
import { createSessions, type Sessions, sessionState } from "./sessions.js";

/** An agent that has been started. */
export interface Agent {
  readonly agentId: AgentId;
  readonly client: Client;
  readonly activity: ActivityBoard;
  readonly sessions: Sessions;
  readonly paceMs: number;
  readonly pause: Pause;
  /** Aborted when the agent ends. */
  readonly signal: AbortSignal;
  /** Says something to whoever runs the agent. */
  readonly log: (line: string) => void;
}

/** What an agent does. */
export interface Work {
  /** What waited when the agent came, or came back after it had missed something. May tell what is known. */
  found(state: InboxState): void;
  /** Listens for what comes. Called once, before the agent connects. */
  listen(): void;
}

/** What an agent is made of. */
export interface AgentParts {
  readonly card: AgentCard;
  readonly paceMs: number;
  readonly pause: Pause;
  readonly log: (line: string) => void;
  /** Where the server is and who signs in. */
  readonly connection: Pick<ClientOptions, "url" | "auth"> & Partial<ClientOptions>;
}

const inbox = roomState(Agents.rooms.agentInbox, Agents, {});

/** Starts an agent. The returned function ends it; what it has not finished, it finds again when it comes back. */
export function startAgent(parts: AgentParts, workOf: (agent: Agent) => Work): () => void {
  const { card, log } = parts;
  const { agentId } = card;
  const end = new AbortController();
  const client = createClient({
    contract,
    roomStates: [inbox, sessionState],
    app: { name: agentId, version: card.version ?? "0" },
    logger: false,
    ...parts.connection,
  });
  const agent: Agent = {
    agentId,
    client,
    activity: activityBoard(client, agentId),
    sessions: createSessions(client, card.name),
    paceMs: parts.paceMs,
    pause: parts.pause,
    signal: end.signal,
    log,
  };
  const work = workOf(agent);
  const desk = client.room(inbox, { agentId });
  let hold: { leave(): void } | undefined;
  let known: InboxState | undefined;

  function look(): void {
    const { state } = desk.getSnapshot();
    if (state === known) return;
    known = state;
    if (state) work.found(state);
  }

  /** After every connection: the server may be another one than before, which knows nothing of the agent. */
  async function introduce(): Promise<void> {
    const registered = await client.run(Agents.commands.registerAgent, card);
    if (!registered.ok) return complain("not registered", registered.problem, log);
    // An inbox exists for those who have registered.
    if (hold === undefined || desk.getSnapshot().status === "denied") {
      hold?.leave();
      hold = client.join(inbox, { agentId });
    }
    agent.activity.repeat();
    await agent.sessions.enterAll();
  }

  let status = client.connection.getSnapshot().status;
  client.connection.subscribe(() => {
    const before = status;
    const now = client.connection.getSnapshot();
    status = now.status;
    if (status === before) return;
    if (now.problem) complain(status, now.problem, log);
    else log(status);
    if (status === "connected") void introduce();
  });
  client.on(Chat.events.sessionListed, () => void agent.sessions.enterAll());
  desk.subscribe(look);
  work.listen();
  void client.join(Agents.rooms.agentRoster, {}).present({ agentId });
  client.connect();

  return () => {
    end.abort();
    client.close();
  };
}

/** Says what went wrong to whoever runs the agent. */
export function complain(what: string, problem: Problem, log: (line: string) => void): void {
  log(`${what}: ${problem.message} (${problem.code}${problem.traceId && `, ${problem.traceId}`})`);
}
