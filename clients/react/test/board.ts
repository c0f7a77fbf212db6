// The contract of these tests, written as the generator writes one: a board with cards.

import {
  type ContractDescriptor,
  command,
  event,
  joinable,
  namespace,
  type Problem,
  type ProblemOf,
  presence,
  question,
  receipts,
  roomState,
  stream,
} from "@tautline/client";

export interface BoardId {
  readonly boardId: string;
}

export interface Card {
  readonly id: string;
  readonly boardId: string;
  readonly title: string;
}

export interface BoardContent {
  readonly title: string;
  readonly cards: readonly Card[];
}

export type BoardError =
  | ProblemOf<"board.not_found", { readonly boardId: string }>
  | ProblemOf<"board.full", { readonly max: number }>;

export type Declined =
  | ProblemOf<"declined.too_late">
  | ProblemOf<"declined.other", { why: string }>;

/** What the people at a board show each other. */
export interface Pointer {
  readonly x: number;
}

export type StoryFailed = ProblemOf<"story.too_long", { readonly words: number }>;

const room = (of: BoardId): string => `board:${encodeURIComponent(of.boardId)}`;

export const Board = namespace({
  path: "/board",
  commands: {
    addCard: command<Card, Card, BoardError>({
      name: "add_card",
      ack: true,
      delivery: "at_most_once",
      lane: room,
    }),
    tidy: command<void, number, BoardError>({
      name: "tidy",
      ack: true,
      delivery: "at_most_once",
    }),
  },
  rooms: {
    board: joinable<BoardId, BoardContent, BoardError, Pointer>({
      join: "join_board",
      pattern: "board:{board_id}",
      name: room,
      presence,
      receipts,
    }),
    /** Has events, and nothing beside them. */
    shelf: joinable<BoardId, void>({ pattern: "shelf:{board_id}", name: () => "shelf" }),
  },
  events: {
    cardAdded: event<Card>({ name: "card_added", delivery: "durable", rooms: [room] }),
    renamed: event<BoardId & { readonly title: string }>({
      name: "renamed",
      delivery: "durable",
      rooms: [room],
    }),
  },
  questions: {
    keepCard: question<Card, { readonly keep: boolean }, Declined>({
      name: "keep_card",
      delivery: "durable",
      rooms: [room],
    }),
  },
  streams: {
    story: stream<BoardId & { readonly title: string }, Card, StoryFailed>({
      name: "story",
      delivery: "durable",
      rooms: [room],
    }),
  },
});

export const boardState = roomState(Board.rooms.board, Board, {
  cardAdded: (state, card) => ({ ...state, cards: [...state.cards, card] }),
  renamed: (state, { title }) => ({ ...state, title }),
});

export const contract = {
  name: "board",
  version: "1.0.0",
  hash: "",
  namespaces: { Board },
} as const satisfies ContractDescriptor;

/** A card of board `b1` whose title is its id. */
export function card(id: string): Card {
  return { id, boardId: "b1", title: id };
}

/** A refusal as a server sends it. */
export function refusal(code: string, params?: Readonly<Record<string, unknown>>): Problem {
  return {
    code,
    category: "conflict",
    severity: "error",
    message: "That did not work.",
    recovery: { action: "give_up", hint: "" },
    outcome: "not_executed",
    traceId: "trace-1",
    ...(params && { params }),
  };
}
