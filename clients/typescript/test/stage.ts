// One client with a fake server, a clock that stands still and no luck in its backoff.

import { type ClientOptions, createClient, type Problem } from "../src/index.js";
import { fakeServer, manualClock, positioned, type WireMeta } from "../src/testing.js";
import { type BoardState, contract } from "./board.js";

/** A line that the client logged. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Sets up a client that nothing has been asked of yet. */
export function stage(options: Partial<ClientOptions> = {}) {
  const clock = manualClock();
  const server = fakeServer(clock);
  const lines: Line[] = [];
  const client = createClient({
    url: `http://stage-${stages++}`,
    contract,
    transport: server.transport,
    clock,
    random: () => 0,
    logger: (level, message, facts) => void lines.push({ level, message, facts }),
    ...options,
  });
  return {
    client,
    server,
    clock,
    lines,
    /** Lets time pass and everything that it brings arrive. */
    async pass(ms: number) {
      clock.advance(ms);
      await server.settled();
    },
    /** Connects and waits for the welcome. */
    async connected() {
      client.connect();
      await server.settled();
    },
    /** The names of what the client sent, in order. */
    sent: () => server.calls.map(({ name }) => name),
  };
}

let stages = 0;

/** The position with this number. */
export function at(seq: number, epoch = "e1") {
  return { epoch, seq };
}

/** The meta of a durable event of the board `b`. */
export function numbered(seq: number, epoch = "e1"): WireMeta {
  return { room: "board:b", epoch, seq, ts: 0 };
}

/** What a server answers to `join_board`: a state as of a position. */
export function boardAt(seq: number, cards: string[] = [], epoch = "e1", room = "board:b") {
  const state: BoardState = { cards };
  return positioned(state, room, at(seq, epoch));
}

/** A problem as a server would send it. */
export function problem(
  code: string,
  action: Problem["recovery"]["action"],
  facts: Partial<Problem> & { afterMs?: number; maxAttempts?: number } = {},
): Problem {
  const { afterMs, maxAttempts, ...rest } = facts;
  return {
    code,
    category: "unavailable",
    severity: "error",
    message: `It is ${code}.`,
    recovery: {
      action,
      hint: "",
      ...(afterMs !== undefined && { afterMs }),
      ...(maxAttempts !== undefined && { maxAttempts }),
    },
    outcome: "not_executed",
    traceId: "trace-1",
    ...rest,
  };
}
