// The whole client against a server that keeps its promises on a network that keeps none: whatever is
// cut, lost or late, every command takes effect once and in order, and every event arrives so.

import fc from "fast-check";
import { expect, test } from "vitest";
import { roomState } from "../src/index.js";
import { positioned, refuse, type WireMeta } from "../src/testing.js";
import { Board, type Card } from "./board.js";
import { problem, stage } from "./stage.js";

const boardState = roomState(Board.rooms.board, Board, {
  cardAdded: (state, card) => ({ cards: [...state.cards, card.text] }),
});

/** What may go wrong, or right, at one step. */
type Step =
  | "command"
  | "other's card"
  | "lose event"
  | "lose answer"
  | "be busy"
  | "forget"
  | "cut"
  | "time"
  | "remount";

/** A server with a ledger, lanes and a journal, over the fake one. */
function keptServer(server: ReturnType<typeof stage>["server"], pageSize: number) {
  const journal: { payload: Card; meta: WireMeta & { seq: number } }[] = [];
  const ledger = new Map<string, { id: string }>();
  const weather = { losesEvent: false, losesAnswer: false, isBusy: false, forgets: false };
  const at = () => ({ epoch: "e", seq: journal.length });

  function publish(payload: Card): void {
    const meta = { room: "board:b", epoch: "e", seq: journal.length + 1, ts: 0 };
    journal.push({ payload, meta });
    if (!weather.losesEvent) server.emit("/board", "card_added", payload, meta);
    weather.losesEvent = false;
  }

  server.handle("join_board", () => {
    const state = { cards: journal.map(({ payload }) => payload.text) };
    const answer = positioned(state, "board:b", at());
    // The answer is still on its way when this happens.
    if (journal.length % 2 === 1) publish({ boardId: "b", text: `meanwhile-${journal.length}` });
    return answer;
  });
  server.handle("tautline:resume", ({ rooms }: { rooms: { since: { seq: number } }[] }) => {
    if (weather.forgets) {
      weather.forgets = false;
      const verdict = { recovered: false, reason: "trimmed", at: at(), events: [], more: false };
      return { rooms: [{ room: "board:b", ...verdict, questions: [] }] };
    }
    const since = rooms[0]?.since.seq ?? 0;
    const page = journal.slice(since, since + pageSize);
    const events = page.map(({ payload, meta }) => ({ name: "card_added", payload, meta }));
    const more = since + page.length < journal.length;
    return {
      rooms: [{ room: "board:b", recovered: true, at: at(), events, more, questions: [] }],
    };
  });
  server.handle("add_card", (payload: Card, { meta }) => {
    const { id, after } = meta as { id: string; after?: string };
    if (!ledger.has(id)) {
      if (weather.isBusy) {
        weather.isBusy = false;
        return refuse(problem("capacity", "retry", { afterMs: 50 }));
      }
      // A command whose predecessor never arrived must not overtake it.
      if (after !== undefined && !ledger.has(after)) {
        return refuse(problem("predecessor_unsettled", "retry", { category: "conflict" }));
      }
      ledger.set(id, { id: payload.text });
      publish(payload);
    }
    if (weather.losesAnswer) {
      weather.losesAnswer = false;
      return undefined;
    }
    return ledger.get(id);
  });
  return { journal, weather, publish };
}

test("whatever the network does, the history is the one that was written", async () => {
  const step = fc.constantFrom<Step[]>(
    "command",
    "command",
    "command",
    "other's card",
    "other's card",
    "lose event",
    "lose answer",
    "be busy",
    "forget",
    "cut",
    "time",
    "time",
    "remount",
  );
  const world = fc.record({
    steps: fc.array(step, { minLength: 5, maxLength: 60 }),
    pageSize: fc.integer({ min: 1, max: 5 }),
    patience: fc.constantFrom(0, 60, 700),
  });
  await fc.assert(
    fc.asyncProperty(world, async ({ steps, pageSize, patience }) => {
      const { client, server, pass, lines } = stage({ roomStates: [boardState] });
      const { journal, weather, publish } = keptServer(server, pageSize);
      const heard: string[] = [];
      client.on(Board.events.cardAdded, ({ text }) => heard.push(text));
      let room = client.join(boardState, { boardId: "b" });
      client.connect();
      await server.settled();
      const answers: Promise<{ text: string; ok: boolean }>[] = [];
      let number = 0;

      for (const it of steps) {
        number += 1;
        if (it === "command") {
          const text = `mine-${number}`;
          const answer = client.run(Board.commands.addCard, { boardId: "b", text });
          answers.push(answer.then(({ ok }) => ({ text, ok })));
        }
        if (it === "other's card") publish({ boardId: "b", text: `other-${number}` });
        if (it === "lose event") weather.losesEvent = true;
        if (it === "lose answer") weather.losesAnswer = true;
        if (it === "be busy") weather.isBusy = true;
        if (it === "forget") weather.forgets = true;
        if (it === "cut") server.cut();
        if (it === "time") await pass(patience);
        if (it === "remount") {
          const next = client.join(boardState, { boardId: "b" });
          room.leave();
          room = next;
        }
        // Sometimes the next thing happens while frames are still on their way.
        if (number % 3 === 0) await server.settled();
      }
      // The network calms down. What is overdue is sent again, and the heads tell of lost ends.
      Object.assign(weather, { losesEvent: false, losesAnswer: false, isBusy: false });
      for (let turn = 0; turn < 40; turn += 1) await pass(12_000);
      const heads = { "board:b": { epoch: "e", seq: journal.length } };
      server.emit("/board", "tautline:heads", { heads });
      await server.settled();
      await pass(100);

      const written = journal.map(({ payload }) => payload.text);
      // One that was refused too often for the caller's patience was told so, and did not happen.
      const done = (await Promise.all(answers)).filter(({ ok }) => ok).map(({ text }) => text);
      expect(written.filter((text) => text.startsWith("mine"))).toEqual(done);
      // What the server has forgotten nobody hears again; everything else, once and in order.
      const { status, state } = room.getSnapshot();
      const isWhole = !lines.some(({ message }) => message === "discontinuity");
      expect(state).toEqual({ cards: written });
      expect(heard).toEqual(isWhole ? written : written.filter((text) => heard.includes(text)));
      expect(["joined", "resynced"]).toContain(status);
    }),
    { numRuns: 150 },
  );
});
