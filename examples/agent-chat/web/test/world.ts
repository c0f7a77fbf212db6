// The world of these tests: the agent chat's server in memory, with a conversation, two agents and some tasks.

import type { Agent, Message, NewMessage, Session, Task } from "@tautline/agent-chat";
import {
  type FakeServer,
  fakeServer,
  positioned,
  type Standing,
  type WireMeta,
} from "@tautline/client/testing";
import type { Problem } from "@tautline/react";

const EPOCH = "epoch-1";
const START = Date.parse("2026-03-02T09:00:00Z");

/** The server, and what a test may have it do. */
export interface World {
  readonly server: FakeServer;
  /** Joins, leaves and resumes, in order. */
  readonly log: readonly string[];
  readonly session: Session;
  /** What the conversation holds when it is joined. */
  readonly messages: Message[];
  readonly tasks: Task[];
  /** Questions and streams that stand in the conversation when it is joined. */
  readonly standing: {
    readonly questions: NonNullable<Standing["questions"]>[number][];
    readonly streams: NonNullable<Standing["streams"]>[number][];
  };
  receipts: Record<string, { delivered: number; read: number }>;
  /** Stores an event of the conversation and sends it. */
  tell(name: string, payload: unknown, meta?: WireMeta): void;
  /** Stores a message and tells it. */
  say(author: string, text: string, more?: Partial<Message>): Message;
}

/** A message of the conversation. */
export function message(
  id: string,
  author: string,
  text: string,
  more: Partial<Message> = {},
): Message {
  return {
    messageId: id,
    sessionId: "s1",
    author,
    body: { type: "text", text },
    replies: 0,
    seq: 1,
    status: "sent",
    revision: 0,
    createdAt: new Date(START).toISOString(),
    ...more,
  };
}

/** A task of Ann's. */
export function task(taskId: string, more: Partial<Task> = {}): Task {
  return {
    taskId,
    owner: "ann",
    sessionId: "s1",
    title: `Task ${taskId}`,
    description: "",
    priority: "medium",
    status: "pending",
    agents: ["planner"],
    steps: [],
    createdAt: new Date(START).toISOString(),
    updatedAt: new Date(START).toISOString(),
    ...more,
  };
}

/** An agent that is registered. */
export function agent(agentId: string, color: string, icon: string): Agent {
  const name = agentId.charAt(0).toUpperCase() + agentId.slice(1);
  return {
    card: {
      agentId,
      name,
      description: `${name} does what it can.`,
      color,
      icon,
      capabilities: [{ name: "write", description: "Writes." }],
    },
    owner: agentId,
    activity: { type: "idle" },
    registeredAt: new Date(START).toISOString(),
  };
}

/** A refusal as a server sends it. */
export function refusal(code: string, more: Partial<Problem> = {}): Problem {
  return {
    code,
    category: "conflict",
    severity: "warning",
    message: `Refused: ${code}.`,
    recovery: { action: "give_up", hint: "Do something else." },
    outcome: "not_executed",
    traceId: "trace-1",
    ...more,
  };
}

/** Begins a world. Ann is who signs in. */
export function world(): World {
  const server = fakeServer();
  const log: string[] = [];
  const journal: { name: string; payload: unknown; meta: WireMeta }[] = [];
  const session: Session = {
    sessionId: "s1",
    title: "Welcome",
    members: ["ann", "ben", "scribe", "planner"],
    createdAt: new Date(START).toISOString(),
    activeAt: new Date(START).toISOString(),
  };
  const room = "session:s1";
  let made = 100;

  const it: World = {
    server,
    log,
    session,
    messages: [message("m1", "ben", "Good morning")],
    tasks: [task("t1")],
    standing: { questions: [], streams: [] },
    receipts: { ann: { delivered: 1, read: 1 }, ben: { delivered: 1, read: 1 } },
    tell(name, payload, meta = {}) {
      const seq = journal.length + 2;
      const stored = { name, payload, meta: { room, epoch: EPOCH, seq, ts: START, ...meta } };
      journal.push(stored);
      server.emit("/chat", name, payload, stored.meta);
    },
    say(author, text, more = {}) {
      made += 1;
      const createdAt = new Date(START + made * 1000).toISOString();
      const written = message(`m${made}`, author, text, {
        seq: journal.length + 2,
        createdAt,
        ...more,
      });
      it.messages.push(written);
      it.tell("message_created", written);
      return written;
    },
  };
  const stands = () => ({
    ...it.standing,
    receipts: it.receipts,
    presence: {
      version: 1,
      members: [
        { subject: "ann", since: 1 },
        { subject: "ben", since: 1 },
      ],
    },
  });
  const at = () => ({ epoch: EPOCH, seq: journal.length + 1 });
  const join = <P>(name: string, answer: (params: P) => object) =>
    server.handle(name, (params: never) => {
      log.push(`${name} ${JSON.stringify(params)}`);
      return answer(params);
    });

  server.welcome = { subject: "ann", scopes: ["chat:read", "chat:write", "tasks:write"] };
  server.handle("list_sessions", () => ({ sessions: [session], more: false }));
  join("join_chat_session", () => {
    const { messages } = it;
    return positioned({ session, messages, more: false, contexts: [] }, room, at(), stands());
  });
  join("join_agents", () =>
    positioned(
      {
        agents: [agent("planner", "#d97706", "list-check"), agent("scribe", "#2563eb", "feather")],
      },
      "agents",
      { epoch: EPOCH, seq: 0 },
      {
        presence: {
          version: 1,
          members: [{ subject: "scribe", since: 1, state: { agentId: "scribe" } }],
        },
      },
    ),
  );
  join("join_dashboard", ({ owner }: { owner: string }) => {
    const count = (status: string) => it.tasks.filter((task) => task.status === status).length;
    const counts = {
      pending: count("pending"),
      inProgress: count("in_progress"),
      completed: count("completed"),
      failed: count("failed"),
      cancelled: count("cancelled"),
    };
    return positioned({ tasks: it.tasks, counts }, `dashboard:${owner}`, { epoch: EPOCH, seq: 0 });
  });
  join("join_task_room", ({ taskId }: { taskId: string }) => {
    const found = it.tasks.find((task) => task.taskId === taskId) ?? task(taskId);
    return positioned(found, `task:${taskId}`, { epoch: EPOCH, seq: 0 });
  });
  server.handle("tautline:subscribe", ({ room }: { room: string }) => ({
    room,
    recovered: true,
    at: { epoch: EPOCH, seq: 0 },
    events: [],
    more: false,
  }));
  server.handle(
    "tautline:resume",
    ({ rooms }: { rooms: readonly { room: string; since?: { seq: number } }[] }) => {
      log.push(`resume ${rooms.map((it) => it.room).join(" ")}`);
      return {
        rooms: rooms.map((asked) => ({
          room: asked.room,
          recovered: true,
          at: asked.room === room ? at() : { epoch: EPOCH, seq: 0 },
          events: asked.room === room ? journal.slice((asked.since?.seq ?? 1) - 1) : [],
          more: false,
          questions: [],
          ...(asked.room === room && stands()),
        })),
      };
    },
  );
  server.handle("tautline:unsubscribe", ({ room }: { room: string }) => {
    log.push(`leave ${room}`);
    return null;
  });
  server.handle("send_message", ({ body, ...rest }: NewMessage, call) => {
    made += 1;
    const createdAt = new Date(START + made * 1000).toISOString();
    const written = {
      ...message(`m${made}`, "ann", ""),
      ...rest,
      body,
      createdAt,
      seq: journal.length + 2,
    };
    it.messages.push(written);
    it.tell("message_created", written, { cause: String(call.meta?.["id"]) });
    return written;
  });
  return it;
}
