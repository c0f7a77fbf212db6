// The whole application as a test wants it: the server with the page, its two agents, and a database that ends with it.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll } from "vitest";
import { atEnd } from "../../../../clients/conformance/wire/harness/clients.js";
import { AGENTS, PAGE, SERVER } from "./paths.js";
import { type Program, start } from "./processes.js";
import { SECRET } from "./token.js";

/** What a test may say about the chat that it wants. */
export interface ChatOptions {
  /** Which agents are there; both unless told. */
  readonly agents?: readonly AgentName[];
  /** How long an agent takes over a few words, in milliseconds. Little, unless somebody has to be faster. */
  readonly paceMs?: number;
}

/** One of the two. */
export type AgentName = "scribe" | "planner";

/** A running chat. */
export interface AgentChat {
  /** Where the page is, without a slash at the end. */
  readonly url: string;
  /** The server's process id, which changes with each start. */
  readonly pid: number;
  /** The agents' programs, in the order in which they were started. */
  readonly agents: readonly Program[];
  /** Starts an agent, and returns when it is connected. */
  startAgent(name: AgentName): Promise<void>;
  /** Stops the server as Ctrl-C does. The agents stay. */
  stop(): Promise<void>;
  /** Starts it again on the port and the database that it had. */
  start(): Promise<void>;
  /** What the server has counted. */
  stats(): Promise<Stats>;
}

/** What the server counts. */
export interface Stats {
  readonly connections: number;
  readonly handshakes: number;
  readonly joins: number;
  readonly leaves: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Starts a chat with seeded content. It ends with the test. */
export async function startChat(options: ChatOptions = {}): Promise<AgentChat> {
  const { chat, end } = await launchChat(options);
  atEnd(end);
  return chat;
}

/** A chat for all tests of a file, which do not get in each other's way. */
export function chatForFile(options: ChatOptions = {}): { readonly url: string } {
  let running: Awaited<ReturnType<typeof launchChat>>;
  beforeAll(async () => {
    running = await launchChat(options);
  });
  afterAll(() => running.end());
  return {
    get url() {
      return running.chat.url;
    },
  };
}

async function launchChat(options: ChatOptions) {
  const { agents = ["scribe", "planner"], paceMs = 20 } = options;
  const folder = await mkdtemp(`${tmpdir()}/tautline-agent-chat-`);
  const journal = `${folder}/agent-chat.db`;
  const programs: Program[] = [];
  let server = launch("127.0.0.1:0", journal);
  const end = async () => {
    await Promise.all([...programs, server].map((program) => program.stop()));
    await rm(folder, { recursive: true });
  };
  const url = await addressOf(server);
  const startAgent = async (name: AgentName) => {
    const env = { SERVER: url, PACE_MS: String(paceMs) };
    const program = start(process.execPath, [`${AGENTS}/${name}.js`], env);
    programs.push(program);
    await program.line(/: connected$/);
  };
  await Promise.all(agents.map(startAgent));

  const chat: AgentChat = {
    url,
    get pid() {
      return server.pid;
    },
    agents: programs,
    startAgent,
    stop: () => server.stop(),
    async start() {
      server = launch(new URL(url).host, journal);
      await addressOf(server);
    },
    stats: async () => (await (await fetch(`${url}/stats`)).json()) as Stats,
  };
  return { chat, end };
}

function launch(address: string, journal: string): Program {
  return start(SERVER, [], {
    ADDRESS: address,
    JOURNAL: journal,
    WEB: PAGE,
    SEED: "1",
    TAUTLINE_SECRET: SECRET,
    NO_COLOR: "1",
  });
}

async function addressOf(server: Program): Promise<string> {
  const [url] = await server.line(/http:\/\/127\.0\.0\.1:\d+/);
  return url;
}
