// What the hooks' types promise. Checked by the compiler, never run.

import type {
  Client,
  ConnectionSnapshot,
  ConnectionStatus,
  EventMeta,
  LibraryProblem,
  PresenceSnapshot,
  ReceiptsSnapshot,
  Result,
  RoomSnapshot,
  RoomStateSnapshot,
  StreamSnapshot,
} from "@tautline/client";
import { decline, question } from "@tautline/client";
import {
  SocketProvider,
  useClient,
  useCommand,
  useConnection,
  useEvent,
  usePresence,
  usePresent,
  useQuestion,
  useRead,
  useReceipts,
  useRoom,
  useRoomState,
  useStream,
  useStreams,
} from "../src/index.js";
import {
  Board,
  type BoardContent,
  type BoardError,
  type BoardId,
  boardState,
  type Card,
  type Declined,
  type Pointer,
  type StoryFailed,
} from "./board.js";

/** Compiles when both types are the same, in both directions and without `any`. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(claim: Same<A, B>): void;

const card: Card = { id: "c1", boardId: "b1", title: "Tea" };

export function UseConnection(): null {
  const connection = useConnection();
  same<typeof connection, ConnectionSnapshot>(true);
  const status = useConnection((it) => it.status);
  same<typeof status, ConnectionStatus>(true);
  // @ts-expect-error: there is no such fact.
  useConnection((it) => it.online);
  return null;
}

export function UseClient(): null {
  const client = useClient();
  same<typeof client, Client>(true);
  return null;
}

export function UseRoom(): null {
  const room = useRoom(Board.rooms.board, { boardId: "b1" });
  same<typeof room, RoomSnapshot<BoardError>>(true);
  if (room.problem?.code === "board.full") {
    const { max } = room.problem.params;
    same<typeof max, number>(true);
  }
  useRoom(Board.rooms.board, { boardId: "b1" }, { skip: true });
  useRoom(Board.rooms.board, undefined);
  // @ts-expect-error: the room has another field.
  useRoom(Board.rooms.board, { id: "b1" });
  // @ts-expect-error: an event is no room.
  useRoom(Board.events.cardAdded, { boardId: "b1" });
  return null;
}

export function UseRoomState(): null {
  const whole = useRoomState(boardState, { boardId: "b1" });
  same<typeof whole, RoomStateSnapshot<BoardContent, BoardError>>(true);
  const part = useRoomState(boardState, { boardId: "b1" }, (it) => it.cards.length);
  same<typeof part.state, number | undefined>(true);
  useRoomState(
    boardState,
    { boardId: "b1" },
    (it) => it.cards,
    (a, b) => a.length === b.length,
  );
  // @ts-expect-error: a room without reducers has no state to show.
  useRoomState(Board.rooms.board, { boardId: "b1" });
  // @ts-expect-error: the state has no such field.
  useRoomState(boardState, { boardId: "b1" }, (it) => it.lists);
  return null;
}

export function UseEvent(): null {
  useEvent(Board.events.cardAdded, (added, meta) => {
    same<typeof added, Card>(true);
    same<typeof meta, EventMeta>(true);
  });
  // @ts-expect-error: a question is answered, not listened to.
  useEvent(Board.questions.keepCard, () => {});
  return null;
}

export function UseCommand(): null {
  const add = useCommand(Board.commands.addCard);
  same<typeof add.last, Result<Card, BoardError> | undefined>(true);
  same<typeof add.inFlight, number>(true);
  same<ReturnType<typeof add.run>, Promise<Result<Card, BoardError>>>(true);
  void add.run(card);
  void add.run(card, { timeoutMs: 1000 });
  // @ts-expect-error: the payload is missing.
  void add.run();
  // @ts-expect-error: a field is missing.
  void add.run({ id: "c1" });

  const tidy = useCommand(Board.commands.tidy);
  void tidy.run();
  void tidy.run(undefined, { timeoutMs: 1000 });
  // @ts-expect-error: it takes no payload.
  void tidy.run(card);
  return null;
}

/** A failure can be switched over to its end: a new code is a compile error here. */
export function words(problem: BoardError | LibraryProblem): string {
  switch (problem.code) {
    case "board.full":
      return `only ${problem.params.max} cards fit`;
    case "board.not_found":
      return `no board ${problem.params.boardId}`;
    default:
      same<typeof problem, LibraryProblem>(true);
      return problem.message;
  }
}

export function UseQuestion(): null {
  const open = useQuestion(Board.questions.keepCard);
  for (const asked of open) {
    same<typeof asked.payload, Card>(true);
    same<ReturnType<typeof asked.answer>, Promise<Result<void, never>>>(true);
    void asked.answer({ keep: true });
    void asked.decline({ code: "declined.too_late" });
    void asked.decline({ code: "declined.other", params: { why: "tea" } });
    // @ts-expect-error: this code brings parameters.
    void asked.decline({ code: "declined.other" });
    // @ts-expect-error: the answer has another shape.
    void asked.answer(true);
  }
  useQuestion(Board.questions.keepCard, () => ({ keep: true }));
  useQuestion(Board.questions.keepCard, async () => undefined);
  useQuestion(Board.questions.keepCard, () => decline({ code: "declined.too_late" }));
  // @ts-expect-error: a reply of another shape.
  useQuestion(Board.questions.keepCard, () => ({ keep: "yes" }));
  return null;
}

/** A question whose answer carries nothing. */
const mayTidy = question<Card, void, Declined>({ name: "may_tidy" });

export function UseQuestionWithoutContent(): null {
  const open = useQuestion(mayTidy);
  for (const asked of open) void asked.answer();
  useQuestion(mayTidy, () => null);
  useQuestion(mayTidy, () => undefined);
  // @ts-expect-error: there is nothing to say.
  useQuestion(mayTidy, () => true);
  // @ts-expect-error: an answer with a content is not `null`.
  useQuestion(Board.questions.keepCard, () => null);
  return null;
}

export function UseStreams(): null {
  type Story = StreamSnapshot<BoardId & { readonly title: string }, Card, StoryFailed>;
  const stories = useStreams(Board.streams.story);
  same<typeof stories, readonly Story[]>(true);
  for (const story of stories) {
    if (story.status === "finished") same<typeof story.answer, Card>(true);
    if (story.status === "failed" && story.problem.code === "story.too_long") {
      same<typeof story.problem.params.words, number>(true);
    }
    if (story.status === "open") same<typeof story.answer, undefined>(true);
  }
  const ids = useStreams(Board.streams.story, { boardId: "b1" }, (all) => all.map(({ id }) => id));
  same<typeof ids, string[]>(true);
  const one = useStream(Board.streams.story, undefined);
  same<typeof one, Story | undefined>(true);
  // @ts-expect-error: it does not start with such a field.
  useStreams(Board.streams.story, { id: "b1" });
  // @ts-expect-error: an event is no stream.
  useStreams(Board.events.cardAdded);
  return null;
}

export function UsePresence(): null {
  const presence = usePresence(Board.rooms.board, { boardId: "b1" });
  same<typeof presence, PresenceSnapshot<Pointer>>(true);
  const count = usePresence(Board.rooms.board, undefined, (it) => it.members.length);
  same<typeof count, number>(true);
  // @ts-expect-error: the room has no presence.
  usePresence(Board.rooms.shelf, { boardId: "b1" });
  const present = usePresent(Board.rooms.board, { boardId: "b1" });
  same<ReturnType<typeof present>, Promise<Result<void, never>>>(true);
  void present({ x: 1 });
  void present(undefined);
  // @ts-expect-error: members show something else.
  void present({ y: 1 });
  // @ts-expect-error: the room has no presence.
  usePresent(Board.rooms.shelf, { boardId: "b1" });
  return null;
}

export function UseReceipts(): null {
  const receipts = useReceipts(Board.rooms.board, { boardId: "b1" });
  same<typeof receipts, ReceiptsSnapshot>(true);
  const mine = useReceipts(Board.rooms.board, { boardId: "b1" }, ({ bo }) => bo?.read);
  same<typeof mine, number | undefined>(true);
  const read = useRead(Board.rooms.board, undefined);
  read();
  read(7);
  read({ room: "board:b1", epoch: "e", seq: 7 });
  // @ts-expect-error: an event's payload says nothing about its place.
  read(card);
  return null;
}

declare const client: Client;
export const provider = <SocketProvider client={client}>text</SocketProvider>;
// @ts-expect-error: without a client there is nothing to provide.
export const empty = <SocketProvider>text</SocketProvider>;
