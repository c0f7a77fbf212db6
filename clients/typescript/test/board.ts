// The contract of these tests, as generated code would write it: boards with cards, and a desk.

import {
  type ContractDescriptor,
  command,
  event,
  joinable,
  namespace,
  type ProblemOf,
  presence,
  question,
  receipts,
  stream,
} from "../src/index.js";

export interface Card {
  boardId: string;
  text: string;
}

export interface BoardState {
  cards: string[];
}

/** What the people at a board show each other. */
export interface Pointer {
  x: number;
  y: number;
}

export type SummaryFailed = ProblemOf<"summary.too_long", { words: number }>;

export type BoardError =
  | ProblemOf<"board.not_found", { boardId: string }>
  | ProblemOf<"board.full", { most: number }>;

export type Declined =
  | ProblemOf<"declined.too_risky">
  | ProblemOf<"declined.other", { why: string }>;

const room = ({ boardId }: { boardId: string }) => `board:${encodeURIComponent(boardId)}`;

export const Board = namespace({
  path: "/board",
  commands: {
    addCard: command<Card, { id: string }, BoardError>({
      name: "add_card",
      ack: true,
      delivery: "idempotent",
      lane: room,
      room,
      maxBytes: 1_000,
      timeoutMs: 10_000,
      offline: { mode: "queue", ttlMs: 60_000 },
    }),
    pay: command<{ amount: number }, { receipt: string }, BoardError>({
      name: "pay",
      ack: true,
      delivery: "at_most_once",
      lane: null,
      offline: { mode: "fail" },
    }),
    ping: command<void, string>({ name: "ping", ack: true, delivery: "at_most_once", lane: null }),
    typing: command<{ boardId: string }, void>({
      name: "typing",
      ack: false,
      delivery: "volatile",
    }),
  },
  rooms: {
    board: joinable<{ boardId: string }, BoardState, BoardError, Pointer>({
      join: "join_board",
      pattern: "board:{board_id}",
      name: room,
      presence,
      receipts,
    }),
    /** Has events, and nothing beside them. */
    shelf: joinable<{ shelfId: string }, void>({
      pattern: "shelf:{shelf_id}",
      name: ({ shelfId }) => `shelf:${encodeURIComponent(shelfId)}`,
    }),
  },
  events: {
    cardAdded: event<Card>({ name: "card_added", delivery: "durable", rooms: [room] }),
    typed: event<{ boardId: string }>({ name: "typed", delivery: "live", rooms: [room] }),
  },
  questions: {
    approve: question<{ tool: string }, { yes: boolean }, Declined>({
      name: "approve",
      rooms: [() => "board:b"],
    }),
  },
  streams: {
    summary: stream<{ boardId: string; title: string }, Card, SummaryFailed>({
      name: "summary",
      delivery: "durable",
      rooms: [room],
      leaseMs: 15_000,
    }),
  },
});

export const Desk = namespace({
  path: "/desk",
  commands: {
    look: command<void, string>({ name: "look", ack: true, delivery: "at_most_once" }),
  },
  events: {
    paged: event<{ text: string }>({
      name: "paged",
      delivery: "durable",
      patterns: ["user:{subject}"],
    }),
  },
});

export const contract = {
  name: "boards",
  version: "1.0.0",
  hash: "abc",
  namespaces: { Board, Desk },
} as const satisfies ContractDescriptor;
