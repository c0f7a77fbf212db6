// An agent in front of a fake server that knows one session, and what the server heard of it.

import type { Message, SessionState, Task } from "@tautline/agent-chat";
import { fakeServer, manualClock, positioned } from "@tautline/client/testing";
import { onTestFinished } from "vitest";
import { type Agent, startAgent, type Work } from "../src/agent.js";
import type { Pause } from "../src/pause.js";

/** The one session. */
export const SESSION = "018f0000-0000-7000-8000-000000000001";

/** No time passes, but an agent that was stopped stops. */
const noTime: Pause = async (_, signal) => signal.throwIfAborted();

/** A message of ann's. */
export function message(messageId: string, text: string, facts: Partial<Message> = {}): Message {
  return {
    messageId,
    sessionId: SESSION,
    author: "ann",
    body: { type: "text", text },
    replies: 0,
    status: "sent",
    revision: 0,
    createdAt: "2026-01-01T10:00:00Z",
    ...facts,
  };
}

/** A task of ann's for the agent. */
export function task(facts: Partial<Task> = {}): Task {
  return {
    taskId: "task-1",
    owner: "ann",
    sessionId: SESSION,
    title: "Find a room",
    description: "Ask around. Compare the prices.",
    priority: "high",
    status: "pending",
    agents: ["worker"],
    steps: [],
    createdAt: "2026-01-01T10:00:00Z",
    updatedAt: "2026-01-01T10:00:00Z",
    ...facts,
  };
}

/** What the agent finds when it comes. */
export interface Found {
  readonly messages?: readonly Message[];
  /** In its inbox. */
  readonly prompts?: readonly Message[];
  readonly tasks?: readonly Task[];
  readonly unfinished?: readonly { answerId: string; number: number }[];
  /** Streams that are open in the session. */
  readonly streams?: readonly {
    answerId: string;
    replyTo: string;
    number: number;
    text: string;
  }[];
}

/** Starts an agent. `settled` waits until it has nothing left to do. */
export async function stage(workOf: (agent: Agent) => Work, found: Found = {}) {
  const clock = manualClock();
  const server = fakeServer(clock);
  const lines: string[] = [];
  const session: SessionState = {
    session: {
      sessionId: SESSION,
      title: "A talk",
      members: ["ann", "worker"],
      createdAt: "2026-01-01T09:00:00Z",
      activeAt: "2026-01-01T09:00:00Z",
    },
    messages: [...(found.messages ?? [])],
    more: false,
    contexts: [],
  };
  const card = {
    agentId: "worker",
    name: "Worker",
    description: "Works.",
    color: "#000000",
    icon: "pen",
    capabilities: [],
  };
  const agent = {
    card,
    owner: "worker",
    activity: { type: "idle" },
    registeredAt: session.session.createdAt,
  };
  const at = { epoch: "e", seq: 0 };
  const room = `session:${SESSION}`;

  server.handle("register_agent", () => agent);
  server.handle("set_activity", () => null);
  server.handle("join_agents", () => positioned({ agents: [agent] }, "agents", at));
  server.handle("list_sessions", () => ({ sessions: [session.session], more: false }));
  server.handle("join_agent_inbox", () =>
    positioned(
      {
        agent,
        unfinished: (found.unfinished ?? []).map((it) => ({ ...it, sessionId: SESSION })),
        prompts: (found.prompts ?? []).map((it) => ({ agentId: "worker", message: it })),
        tasks: found.tasks ?? [],
      },
      "agent:worker",
      at,
    ),
  );
  server.handle("join_chat_session", () =>
    positioned(session, room, at, {
      streams: (found.streams ?? []).map(({ answerId, replyTo, number, text }) => ({
        id: answerId,
        name: "answer",
        payload: { sessionId: SESSION, answerId, agentId: "worker", replyTo },
        room,
        number,
        text,
      })),
    }),
  );
  server.handle("begin_answer", () => ({ answerId: "answer-1", sessionId: SESSION, number: 0 }));
  server.handle("append_answer", () => null);
  server.handle("finish_answer", () => message("answer", "done"));
  server.handle("fail_answer", () => null);

  const end = startAgent(
    {
      card,
      paceMs: 1,
      pause: noTime,
      log: (line) => void lines.push(line),
      connection: { url: "http://stage", transport: server.transport, clock, random: () => 0 },
    },
    workOf,
  );
  onTestFinished(end);

  let seq = 0;
  return {
    server,
    clock,
    lines,
    end,
    /** Sends a durable event into the agent's inbox. */
    tell(name: string, payload: object) {
      seq += 1;
      server.emit(
        "/agents",
        name,
        { agentId: "worker", ...payload },
        {
          room: "agent:worker",
          epoch: "e",
          seq,
          ts: 0,
        },
      );
    },
    /** What the agent has sent by this name. */
    sent: <P = Record<string, unknown>>(name: string) =>
      server.calls.filter((call) => call.name === name).map(({ payload }) => payload as P),
    /** Waits until the agent has nothing left to do. */
    async settled() {
      for (let calls = -1; calls !== server.calls.length; ) {
        calls = server.calls.length;
        clock.advance(1_000);
        await server.settled();
      }
    },
  };
}
