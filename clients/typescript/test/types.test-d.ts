// What the types promise, and what must not compile. Checked by `tsc` alone: nothing here runs.

import {
  type Calls,
  type Client,
  type ContractDescriptor,
  decline,
  type LibraryProblem,
  type Member,
  type OpenQuestion,
  type Problem,
  type ProblemOf,
  type Result,
  roomState,
} from "../src/index.js";
import {
  Board,
  type BoardError,
  type BoardState,
  type Card,
  contract,
  type Declined,
  type Pointer,
  type SummaryFailed,
} from "./board.js";

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
declare const client: Client;
declare function is<_Claim extends true>(): void;

// Calls are typed by their command.
const board = client.use(Board);
is<Equal<ReturnType<typeof board.addCard>, Promise<{ id: string }>>>();
is<Equal<ReturnType<typeof board.ping>, Promise<string>>>();
is<Equal<typeof board, Calls<typeof Board>>>();
void board.ping();
void board.addCard({ boardId: "b", text: "t" }, { timeoutMs: 1 });
// @ts-expect-error A field is missing.
void board.addCard({ boardId: "b" });
// @ts-expect-error A command with a payload needs one.
void board.addCard();
// @ts-expect-error A command without a payload takes none.
void board.ping({ text: "t" });
// @ts-expect-error There is no such command.
void board.removeCard({});

// A result is told apart by `ok`, its problem by `code`: exhaustively.
function words(result: Result<{ id: string }, BoardError>): string {
  if (result.ok) return result.value.id;
  const { problem } = result;
  switch (problem.code) {
    case "board.not_found":
      return problem.params.boardId;
    case "board.full":
      return String(problem.params.most);
    default: {
      is<Equal<typeof problem, LibraryProblem>>();
      return problem.message;
    }
  }
}
void client.run(Board.commands.addCard, { boardId: "b", text: "t" }).then(words);
void client.run(Board.commands.ping, undefined);
// @ts-expect-error The payload of another command.
void client.run(Board.commands.pay, { boardId: "b" });

// Any typed problem is a problem.
is<BoardError extends Problem ? true : false>();
is<LibraryProblem extends Problem ? true : false>();
is<Equal<ProblemOf<"a", { x: number }>["params"], { x: number }>>();

// Events carry their payload.
client.on(Board.events.cardAdded, (card, meta) => {
  is<Equal<typeof card.text, string>>();
  is<Equal<typeof meta.seq, number | undefined>>();
});
// @ts-expect-error A command is no event.
client.on(Board.commands.addCard, () => {});

// Rooms are entered by their fields, and refuse by their errors.
const room = client.join(Board.rooms.board, { boardId: "b" });
const { problem: denial } = room.getSnapshot();
is<Equal<typeof denial, BoardError | LibraryProblem | undefined>>();
// @ts-expect-error The fields of another room.
client.join(Board.rooms.board, { sessionId: "b" });

// The state of a room is what its join answers, and reducers keep its type.
const boardState = roomState(Board.rooms.board, Board, {
  cardAdded: (state, card) => ({ cards: [...state.cards, card.text] }),
});
const { state } = client.join(boardState, { boardId: "b" }).getSnapshot();
is<Equal<typeof state, BoardState | undefined>>();
roomState(Board.rooms.board, Board, {
  // @ts-expect-error A reducer returns a state.
  cardAdded: () => 7,
});
roomState(Board.rooms.board, Board, {
  // @ts-expect-error There is no such event.
  cardRemoved: (state: BoardState) => state,
});

// Questions are answered by their answer, or declined by a code of theirs.
client.answer(Board.questions.approve, ({ tool }) => ({ yes: tool === "ls" }));
client.answer(Board.questions.approve, async (_, question) => {
  is<Equal<typeof question, OpenQuestion<{ tool: string }, { yes: boolean }, Declined>>>();
  return decline({ code: "declined.other", params: { why: "no" } });
});
client.answer(Board.questions.approve, () => decline({ code: "declined.too_risky" }));
client.answer(Board.questions.approve, () => undefined);
// @ts-expect-error Another answer.
client.answer(Board.questions.approve, () => ({ no: true }));
const [open] = client.questions(Board.questions.approve).getSnapshot();
void open?.decline({ code: "declined.too_risky" });
// @ts-expect-error A code that the contract does not have.
void open?.decline({ code: "declined.because" });
// @ts-expect-error Parameters that the code needs.
void open?.decline({ code: "declined.other" });

// Streams are told apart by their status.
const [summary] = client.streams(Board.streams.summary, { boardId: "b" }).getSnapshot();
if (summary) {
  is<Equal<typeof summary.payload, { boardId: string; title: string }>>();
  switch (summary.status) {
    case "open":
    case "cancelled":
      is<Equal<typeof summary.answer, undefined>>();
      break;
    case "finished":
      is<Equal<typeof summary.answer, Card>>();
      break;
    case "failed":
      is<Equal<typeof summary.problem, SummaryFailed | LibraryProblem>>();
      break;
    default:
      summary satisfies never;
  }
}
// @ts-expect-error It does not start with such a field.
client.streams(Board.streams.summary, { card: "b" });

// The beginning and the end of a stream change a room's state, each typed.
roomState(Board.rooms.board, Board, {
  summary: {
    started: (state, { title }, meta) => ({ cards: [...state.cards, title, `${meta.stream?.id}`] }),
    ended: (state, end) => {
      if (end.status === "finished") is<Equal<typeof end.answer, Card>>();
      return state;
    },
  },
});
roomState(Board.rooms.board, Board, {
  // @ts-expect-error A stream has no one moment.
  summary: (state: BoardState) => state,
});
roomState(Board.rooms.board, Board, {
  summary: {
    // @ts-expect-error A reducer returns a state.
    ended: () => 7,
  },
});

// Presence has what the room's contract shows, and receipts have numbers.
const { members, self } = client.presence(Board.rooms.board, { boardId: "b" }).getSnapshot();
is<Equal<NonNullable<(typeof members)[number]["state"]>, Pointer>>();
is<Equal<typeof self, Member<Pointer> | undefined>>();
void room.present({ x: 1, y: 2 });
void room.present(undefined);
void client.join(boardState, { boardId: "b" }).present({ x: 1, y: 2 });
// @ts-expect-error Members show something else.
void room.present({ z: 1 });
// @ts-expect-error The room has no presence.
client.presence(Board.rooms.shelf, { shelfId: "s" });
const shelf = client.join(Board.rooms.shelf, { shelfId: "s" });
// @ts-expect-error There is nothing to show to it.
void shelf.present({ x: 1, y: 2 });
const read = client.receipts(Board.rooms.board, { boardId: "b" }).getSnapshot()["ann"]?.read;
is<Equal<typeof read, number | undefined>>();
room.read();
room.read(3);
client.on(Board.events.cardAdded, (_, meta) => room.read(meta));
// @ts-expect-error A position is a number.
room.read("3");

// A contract is one.
contract satisfies ContractDescriptor;
