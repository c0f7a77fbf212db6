// The server of these tests: boards in memory behind the fake server of `@tautline/client/testing`.

import type { Member, Problem, Receipt, ServerEvent, Transport } from "@tautline/client";
import {
  fakeServer,
  positioned,
  refuse,
  type Standing,
  type WireMeta,
} from "@tautline/client/testing";
import { Board, type BoardContent, type BoardId, type Card, type Pointer } from "./board.js";

const { path } = Board;
const EPOCH = "epoch-1";

/** What a test asks of the server, and what it may have it do. */
export interface BoardServer {
  readonly transport: Transport;
  /** What reached the server, in order: `link`, `open /board`, `join board:b1`, `close`, … */
  readonly log: readonly string[];
  /** The boards; one that is not here is empty. */
  readonly boards: Map<string, BoardContent>;
  /** Answers `add_card`. By default with the card itself. */
  onAddCard: (card: Card) => Card | Problem;
  /** Refuses each CONNECT with this problem; `"silent"` leaves it unanswered. */
  refuseConnects: Problem | "silent" | undefined;
  /** Refuses each join with this problem. */
  refuseJoins: Problem | undefined;
  /** Refuses each answer to a question with this problem. */
  refuseAnswers: Problem | undefined;
  /** From now on each `add_card` waits until its card's id is released. */
  holdAnswers(): { release(id: string): Promise<void> };
  /** Stores a durable event in its room and sends it. */
  emit<Payload>(event: ServerEvent<Payload>, payload: Payload): void;
  /** Asks the people of board `b1` whether a card may stay. */
  ask(id: string, payload: Card): void;
  /** Says that somebody else has answered. */
  settle(id: string): void;
  /** A stream begins, grows or ends in board `b1`. */
  story(id: string, step: { title: string } | { number: number; text: string } | Ended): void;
  /** Somebody comes, changes or leaves, in board `b1`. Nobody is there when a test begins. */
  come(subject: string, state?: Pointer): void;
  go(subject: string): void;
  /** What was shown to a room, in order. */
  readonly shown: readonly unknown[];
  /** Somebody gets further in board `b1`. */
  progress(subject: string, receipt: Receipt): void;
  /** The receipts that arrived. */
  readonly receipts: readonly unknown[];
  /** The answers to questions that arrived. */
  readonly answers: readonly unknown[];
  /** Cuts the link, as a network does. */
  cut(): void;
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>;
}

interface Stored {
  readonly name: string;
  readonly payload: unknown;
  readonly meta: WireMeta;
}

/** Starts a server without any board. */
export function boardServer(): BoardServer {
  const fake = fakeServer();
  const log: string[] = [];
  const answers: unknown[] = [];
  const journal = new Map<string, Stored[]>();
  const held = new Map<string, () => void>();
  const members = new Map<string, Member<Pointer>>();
  const stories = new Map<string, OpenStory>();
  const shown: unknown[] = [];
  const known = new Map<string, Receipt>();
  const receipts: unknown[] = [];
  let version = 0;
  let isHolding = false;

  const server: BoardServer = {
    transport: {
      link(target, events) {
        log.push("link");
        const link = fake.transport.link(target, events);
        return {
          ...link,
          close() {
            log.push("close");
            link.close();
          },
        };
      },
    },
    log,
    answers,
    boards: new Map(),
    onAddCard: (card) => card,
    refuseConnects: undefined,
    refuseJoins: undefined,
    refuseAnswers: undefined,
    holdAnswers() {
      isHolding = true;
      return {
        release: (id) => {
          held.get(id)?.();
          return fake.settled();
        },
      };
    },
    emit: (event, payload) => publish(event.rooms?.[0]?.(payload) ?? "", event.name, payload, {}),
    ask: (id, payload) =>
      publish("board:b1", Board.questions.keepCard.name, payload, {
        question: { id, expiresAt: 1e15 },
      }),
    settle: (question) =>
      publish("board:b1", "tautline:settled", { question, outcome: "answered" }, {}),
    story(id, step) {
      if ("title" in step) {
        const payload = { boardId: "b1", ...step };
        stories.set(id, { id, name: "story", payload, room: "board:b1", number: 0, text: "" });
        publish("board:b1", "story", payload, { stream: { id, leaseMs: 1_000 } });
      } else if ("outcome" in step) {
        stories.delete(id);
        publish("board:b1", "tautline:ended", { stream: id, name: "story", ...step }, {});
      } else {
        const open = stories.get(id);
        if (open) stories.set(id, { ...open, ...step, text: open.text + step.text });
        fake.emit(path, "tautline:append", { room: "board:b1", stream: id, ...step });
      }
    },
    come(subject, state) {
      const since = members.get(subject)?.since ?? version;
      const member = { subject, since, ...(state && { state }) };
      members.set(subject, member);
      change({ present: [member], absent: [] });
    },
    go(subject) {
      members.delete(subject);
      change({ present: [], absent: [subject] });
    },
    shown,
    progress(subject, receipt) {
      known.set(subject, receipt);
      const moved = { [subject]: receipt };
      fake.emit(path, "tautline:receipts", { room: "board:b1", receipts: moved });
    },
    receipts,
    cut: () => fake.cut(),
    settled: fake.settled,
  };

  function change(who: object): void {
    version += 1;
    fake.emit(path, "tautline:presence", { room: "board:b1", version, ...who });
  }

  const standing = () => ({
    streams: [...stories.values()],
    presence: { version, members: [...members.values()] },
    receipts: Object.fromEntries(known),
  });

  function publish(room: string, name: string, payload: unknown, meta: WireMeta): void {
    const events = journal.get(room) ?? [];
    const stored = {
      name,
      payload,
      meta: { room, epoch: EPOCH, seq: events.length + 1, ts: 0, ...meta },
    };
    journal.set(room, [...events, stored]);
    fake.emit(path, name, payload, stored.meta);
  }

  const head = (room: string) => ({ epoch: EPOCH, seq: journal.get(room)?.length ?? 0 });

  fake.onConnect = ({ namespace }) => {
    log.push(`open ${namespace}`);
    return server.refuseConnects;
  };
  fake.handle("join_board", ({ boardId }: BoardId) => {
    const room = Board.rooms.board.name({ boardId });
    log.push(`join ${room}`);
    if (server.refuseJoins !== undefined) return refuse(server.refuseJoins);
    const content = server.boards.get(boardId) ?? { title: boardId, cards: [] };
    return positioned(content, room, head(room), standing());
  });
  fake.handle("tautline:unsubscribe", ({ room }: { room: string }) => {
    log.push(`leave ${room}`);
    return null;
  });
  fake.handle("tautline:resume", ({ rooms }: { rooms: readonly ResumedRoom[] }) => {
    log.push(`resume ${rooms.map(({ room }) => room).join(" ")}`);
    return {
      rooms: rooms.map(({ room, since }) => ({
        room,
        recovered: true,
        at: head(room),
        events: (journal.get(room) ?? []).slice(since?.seq ?? 0),
        more: false,
        questions: [],
        ...standing(),
      })),
    };
  });
  fake.handle("tautline:answer", (answer: { question: string }) => {
    if (server.refuseAnswers !== undefined) return refuse(server.refuseAnswers);
    answers.push(answer);
    server.settle(answer.question);
    return null;
  });
  fake.handle("tautline:present", ({ state }: { state?: Pointer }) => {
    shown.push(state);
    server.come("someone", state);
    return null;
  });
  fake.handle("tautline:receipt", ({ delivered, read }: Receipt) => {
    receipts.push({ delivered, read });
    known.set("someone", { delivered, read });
    return null;
  });
  fake.handle("add_card", async (card: Card) => {
    if (isHolding) await new Promise<void>((release) => held.set(card.id, release));
    const answer = server.onAddCard(card);
    return "code" in answer ? refuse(answer) : answer;
  });
  fake.handle("tidy", () => 0);
  return server;
}

type OpenStory = NonNullable<Standing["streams"]>[number];

/** How a stream ends. */
interface Ended {
  readonly outcome: "finished" | "cancelled" | "failed";
  readonly answer?: Card;
  readonly problem?: Problem;
}

interface ResumedRoom {
  readonly room: string;
  readonly since?: { readonly seq: number };
}
