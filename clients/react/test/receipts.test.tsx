// Receipts in components: how far everybody is, and telling how far the user is.

import { act, render } from "@testing-library/react";
import { StrictMode } from "react";
import { expect, test } from "vitest";
import { type Read, useEvent, useRead, useReceipts } from "../src/index.js";
import { Board, card } from "./board.js";
import { stage } from "./stage.js";

const here = { boardId: "b1" };

const shown = () => document.body.textContent;

test("others get further, and what the user has read is shown at once and told once", async () => {
  const { server, clock, page } = stage();
  server.progress("bo", { delivered: 1, read: 0 });
  let read: Read = () => {};
  function Page() {
    const receipts = useReceipts(Board.rooms.board, here);
    read = useRead(Board.rooms.board, here);
    const marks = Object.entries(receipts).map(([who, mark]) => `${who} ${mark.read}`);
    return <p>{marks.sort().join(", ")}</p>;
  }

  render(<StrictMode>{page(<Page />)}</StrictMode>);
  await act(server.settled);
  expect(shown()).toBe("bo 0");
  for (const id of ["a", "b"]) {
    await act(async () => server.emit(Board.events.cardAdded, card(id)));
  }
  await act(async () => server.progress("bo", { delivered: 2, read: 2 }));
  act(() => read(1));
  expect(shown()).toBe("bo 2, someone 1");
  await act(async () => clock.advance(1_000));
  await act(server.settled);

  expect(server.receipts).toEqual([{ delivered: 2, read: 1 }]);
  expect(server.log).toEqual(["link", "open /board", "join board:b1"]);
});

test("reading by an event's meta renders nothing that does not show it", async () => {
  const { server, clock, page } = stage();
  let renders = 0;
  const seen: unknown[] = [];
  function Page() {
    renders += 1;
    const read = useRead(Board.rooms.board, here);
    useEvent(Board.events.cardAdded, (_, meta) => read(meta));
    return null;
  }
  function Bo() {
    seen.push(useReceipts(Board.rooms.board, here, ({ bo }) => bo?.read));
    return null;
  }

  render(page([<Page key="page" />, <Bo key="bo" />]));
  await act(server.settled);
  for (const id of ["a", "b", "c"]) {
    await act(async () => server.emit(Board.events.cardAdded, card(id)));
  }
  await act(async () => clock.advance(1_000));
  await act(server.settled);

  expect(server.receipts).toEqual([{ delivered: 3, read: 3 }]);
  expect(renders).toBe(1);
  expect(seen).toEqual([undefined]);
});

test("without params nothing is joined and nobody is anywhere", async () => {
  const { server, page } = stage();
  function Page() {
    useRead(Board.rooms.board, undefined)();
    return <p>{Object.keys(useReceipts(Board.rooms.board, undefined)).length}</p>;
  }

  render(page(<Page />));
  await act(server.settled);

  expect(shown()).toBe("0");
  expect(server.log).toEqual(["link", "open /board"]);
});

test("an unmount leaves the room, and no timer behind", async () => {
  const { server, clock, page } = stage();
  function Page() {
    useReceipts(Board.rooms.board, here);
    useRead(Board.rooms.board, here);
    return null;
  }

  const { unmount } = render(<StrictMode>{page(<Page />)}</StrictMode>);
  await act(server.settled);
  unmount();
  clock.advance(60_000);

  expect(clock.waiting).toBe(0);
});
