// How often components render: only for what they show.

import { act, render } from "@testing-library/react";
import { expect, test } from "vitest";
import { useCommand, useConnection, useEvent, useQuestion, useRoomState } from "../src/index.js";
import { Board, boardState, card } from "./board.js";
import { stage } from "./stage.js";

const here = { boardId: "b1" };

test("a component does not render for a part of the state that it does not select", async () => {
  const { server, page } = stage();
  const titles: unknown[] = [];
  function Title() {
    titles.push(useRoomState(boardState, here, (board) => board.title).state);
    return null;
  }

  render(page(<Title />));
  await act(server.settled);
  for (const id of ["a", "b", "c"]) {
    await act(async () => server.emit(Board.events.cardAdded, card(id)));
  }
  await act(async () => server.emit(Board.events.renamed, { boardId: "b1", title: "Coffee" }));

  expect(titles).toEqual([undefined, "b1", "Coffee"]);
});

test("a selection that `isEqual` finds equal keeps its identity and does not render", async () => {
  const { server, page } = stage();
  const selections: unknown[] = [];
  function FirstLetters() {
    const { state } = useRoomState(
      boardState,
      here,
      ({ title }) => ({ letter: title[0] }),
      (a, b) => a.letter === b.letter,
    );
    selections.push(state);
    return null;
  }

  const { rerender } = render(page(<FirstLetters />));
  await act(server.settled);
  await act(async () => server.emit(Board.events.renamed, { boardId: "b1", title: "beans" }));
  rerender(page(<FirstLetters />));
  await act(async () => server.emit(Board.events.renamed, { boardId: "b1", title: "bread" }));

  expect(selections).toEqual([undefined, { letter: "b" }, { letter: "b" }]);
  expect(selections[2]).toBe(selections[1]);
});

test("a selector sees the newest props", async () => {
  const { server, page } = stage();
  server.boards.set("b1", { title: "Tea", cards: [card("a"), card("b")] });
  function Nth({ index }: { index: number }) {
    return <p>{useRoomState(boardState, here, ({ cards }) => cards[index]?.title).state}</p>;
  }

  const { rerender } = render(page(<Nth index={0} />));
  await act(server.settled);
  rerender(page(<Nth index={1} />));

  expect(document.body.textContent).toBe("b");
});

test("what was missed during a cut is one render, however many events it were", async () => {
  const { server, clock, page } = stage();
  const counts: unknown[] = [];
  function Count() {
    counts.push(useRoomState(boardState, here, ({ cards }) => cards.length).state);
    return null;
  }

  render(page(<Count />));
  await act(server.settled);
  await act(async () => server.emit(Board.events.cardAdded, card("first")));
  await act(async () => server.cut());
  for (let n = 0; n < 200; n += 1) server.emit(Board.events.cardAdded, card(`c${n}`));
  await act(async () => clock.advance(30_000));
  await act(server.settled);

  expect(counts.at(-1)).toBe(201);
  // Joining, joined, the first card, recovering, all the others.
  expect(counts).toHaveLength(5);
});

test("two components never show two versions of a room in one render", async () => {
  const { server, page } = stage();
  const pairs: [number | undefined, number | undefined][] = [];
  let left: number | undefined;
  const useCount = () => useRoomState(boardState, here, ({ cards }) => cards.length).state;
  function Left() {
    left = useCount();
    return null;
  }
  function Right() {
    pairs.push([left, useCount()]);
    return null;
  }

  render(
    page(
      <>
        <Left />
        <Right />
      </>,
    ),
  );
  await act(server.settled);
  for (const id of ["a", "b", "c"]) {
    await act(async () => server.emit(Board.events.cardAdded, card(id)));
  }

  expect(pairs).toEqual([
    [undefined, undefined],
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

test("listening to events, having a command and selecting a status cost no render", async () => {
  const { server, page } = stage();
  let renders = 0;
  function Quiet() {
    renders += 1;
    useEvent(Board.events.cardAdded, () => {});
    useCommand(Board.commands.addCard);
    useQuestion(Board.questions.keepCard);
    useConnection(({ status }) => status === "failed");
    return null;
  }

  render(page(<Quiet />));
  await act(server.settled);
  for (const id of ["a", "b"]) {
    await act(async () => server.emit(Board.events.cardAdded, card(id)));
  }
  await act(async () => server.cut());

  expect(renders).toBe(1);
});
