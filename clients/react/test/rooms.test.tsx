// Rooms in components: who holds them, and what is shown of them.

import { roomState } from "@tautline/client";
import { act, render, screen } from "@testing-library/react";
import { Activity, StrictMode } from "react";
import { expect, test, vi } from "vitest";
import { useRoom, useRoomState } from "../src/index.js";
import { Board, type BoardId, boardState, card, refusal } from "./board.js";
import { stage } from "./stage.js";

function Cards({ boardId }: Partial<BoardId>) {
  const params = boardId === undefined ? undefined : { boardId };
  const { status, state, problem } = useRoomState(boardState, params);
  const titles = state?.cards.map(({ title }) => title).join(" ");
  return <p>{[status, titles, problem?.code].filter(Boolean).join(": ")}</p>;
}

const shown = () => document.body.textContent;

test("a room state is what the join answered and then what its events make of it", async () => {
  const { server, page } = stage();
  server.boards.set("b1", { title: "Tea", cards: [card("mint")] });

  render(page(<Cards boardId="b1" />));
  expect(shown()).toBe("joining");
  await act(server.settled);
  expect(shown()).toBe("joined: mint");
  await act(async () => server.emit(Board.events.cardAdded, card("sage")));

  expect(shown()).toBe("joined: mint sage");
});

test("strict mode joins once, and an unmount leaves no timer behind", async () => {
  const { server, clock, page } = stage();

  const { unmount } = render(<StrictMode>{page(<Cards boardId="b1" />)}</StrictMode>);
  await act(server.settled);
  expect(server.log).toEqual(["link", "open /board", "join board:b1"]);
  unmount();
  clock.advance(60_000);

  expect(server.log.slice(3)).toEqual(["close"]);
  expect(clock.waiting).toBe(0);
});

test("components of one room join it once, and the last of them leaves it", async () => {
  const { server, clock, page } = stage();
  const cards = (count: number) =>
    page(Array.from({ length: count }, (_, index) => <Cards key={String(index)} boardId="b1" />));

  const { rerender } = render(cards(3));
  await act(server.settled);
  rerender(cards(1));
  await act(async () => clock.advance(10_000));
  expect(server.log).toEqual(["link", "open /board", "join board:b1"]);
  rerender(cards(0));
  await act(async () => clock.advance(10_000));
  await act(server.settled);

  expect(server.log.slice(3)).toEqual(["leave board:b1"]);
});

test("a component that comes later shows the room at once, without a flash of joining", async () => {
  const { server, page } = stage();
  const shownFirst: string[] = [];
  function Late() {
    shownFirst.push(useRoom(Board.rooms.board, { boardId: "b1" }).status);
    return null;
  }

  const { rerender } = render(page(<Cards boardId="b1" />));
  await act(server.settled);
  rerender(
    page(
      <>
        <Cards boardId="b1" />
        <Late />
      </>,
    ),
  );

  expect(shownFirst).toEqual(["joined"]);
});

test("another board in the same component leaves the one and joins the other", async () => {
  const { server, clock, page } = stage();
  server.boards.set("b2", { title: "Coffee", cards: [card("mocha")] });

  const { rerender } = render(page(<Cards boardId="b1" />));
  await act(server.settled);
  rerender(page(<Cards boardId="b2" />));
  expect(shown()).toBe("joining");
  await act(server.settled);
  await act(async () => clock.advance(10_000));
  await act(server.settled);

  expect(shown()).toBe("joined: mocha");
  expect(server.log.slice(2)).toEqual(["join board:b1", "join board:b2", "leave board:b1"]);
});

test("params that are a new object in each render do not join again", async () => {
  const { server, page } = stage();

  const { rerender } = render(page(<Cards boardId="b1" />));
  await act(server.settled);
  for (let round = 0; round < 5; round += 1) rerender(page(<Cards boardId="b1" />));
  await act(server.settled);

  expect(server.log).toEqual(["link", "open /board", "join board:b1"]);
});

test("a room that is skipped is idle and is not joined", async () => {
  const { server, page } = stage();
  function Maybe({ skip }: { skip: boolean }) {
    return <p>{useRoom(Board.rooms.board, { boardId: "b1" }, { skip }).status}</p>;
  }

  const { rerender } = render(page(<Maybe skip />));
  await act(server.settled);
  expect(shown()).toBe("idle");
  expect(server.log).not.toContain("join board:b1");
  rerender(page(<Maybe skip={false} />));
  await act(server.settled);

  expect(shown()).toBe("joined");
});

test("without params there is nothing to join", async () => {
  const { server, page } = stage();

  const { rerender } = render(page(<Cards />));
  await act(server.settled);
  expect(shown()).toBe("idle");
  rerender(page(<Cards boardId="b1" />));
  await act(server.settled);

  expect(shown()).toBe("joined");
});

test("a room that is denied says why", async () => {
  const { server, page } = stage();
  server.refuseJoins = refusal("board.not_found", { boardId: "b1" });

  render(page(<Cards boardId="b1" />));
  await act(server.settled);

  expect(screen.getByText("denied: board.not_found")).toBeTruthy();
});

test("what was missed while the link was cut is there after it", async () => {
  const { server, clock, page } = stage();

  render(page(<Cards boardId="b1" />));
  await act(server.settled);
  await act(async () => server.emit(Board.events.cardAdded, card("mint")));
  await act(async () => server.cut());
  expect(shown()).toBe("recovering: mint");
  await act(async () => server.emit(Board.events.cardAdded, card("sage")));
  await act(async () => clock.advance(30_000));
  await act(server.settled);

  expect(shown()).toBe("joined: mint sage");
});

test("a hidden activity leaves the room and is back in it when it is shown again", async () => {
  const { server, clock, page } = stage();
  const cards = (mode: "visible" | "hidden") =>
    page(
      <Activity mode={mode}>
        <Cards boardId="b1" />
      </Activity>,
    );

  const { rerender } = render(cards("visible"));
  await act(server.settled);
  rerender(cards("hidden"));
  await act(async () => clock.advance(10_000));
  await act(server.settled);
  rerender(cards("visible"));
  await act(server.settled);

  expect(shown()).toBe("joined");
  expect(server.log.slice(2)).toEqual(["join board:b1", "leave board:b1", "join board:b1"]);
});

test("a room state that the client does not know is named, with the way to make it known", () => {
  const { page } = stage();
  const unknownState = roomState(Board.rooms.board, Board, {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  function Page() {
    useRoomState(unknownState, { boardId: "b1" });
    return null;
  }

  expect(() => render(page(<Page />))).toThrow(
    "the state of room `board:{board_id}` is not registered: " +
      "add it to `createClient({ roomStates: [...] })`",
  );
  vi.restoreAllMocks();
});
