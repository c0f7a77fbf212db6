// Events as effects: every one of them, once, by the newest closure.

import { act, render } from "@testing-library/react";
import { StrictMode, useLayoutEffect, useState } from "react";
import { expect, test, vi } from "vitest";
import { useEvent, useRoom } from "../src/index.js";
import { Board, card } from "./board.js";
import { stage } from "./stage.js";

const here = { boardId: "b1" };

test("every event of a burst is delivered, once and in order, under strict mode too", async () => {
  const { server, page } = stage();
  const heard: string[] = [];
  function Page() {
    useRoom(Board.rooms.board, here);
    useEvent(Board.events.cardAdded, ({ id }) => heard.push(id));
    return null;
  }
  const ids = Array.from({ length: 100 }, (_, index) => `c${index}`);

  render(<StrictMode>{page(<Page />)}</StrictMode>);
  await act(server.settled);
  await act(async () => {
    for (const id of ids) server.emit(Board.events.cardAdded, card(id));
  });

  expect(heard).toEqual(ids);
});

test("the newest closure is called, and a new closure does not subscribe anew", async () => {
  const { client, server, page } = stage();
  const on = vi.spyOn(client, "on");
  const heard: string[] = [];
  let setPrefix: (prefix: string) => void = () => {};
  function Page() {
    const [prefix, set] = useState("first");
    setPrefix = set;
    useRoom(Board.rooms.board, here);
    useEvent(Board.events.cardAdded, ({ id }) => heard.push(`${prefix} ${id}`));
    return null;
  }

  render(page(<Page />));
  await act(server.settled);
  await act(async () => server.emit(Board.events.cardAdded, card("a")));
  act(() => setPrefix("second"));
  await act(async () => server.emit(Board.events.cardAdded, card("b")));

  expect(heard).toEqual(["first a", "second b"]);
  expect(on).toHaveBeenCalledTimes(1);
});

test("the position of a durable event comes with it", async () => {
  const { server, page } = stage();
  const positions: unknown[] = [];
  function Page() {
    useRoom(Board.rooms.board, here);
    useEvent(Board.events.cardAdded, (_, { room, seq }) => positions.push({ room, seq }));
    return null;
  }

  render(page(<Page />));
  await act(server.settled);
  await act(async () => server.emit(Board.events.cardAdded, card("a")));

  expect(positions).toEqual([{ room: "board:b1", seq: 1 }]);
});

test("an unmounted component hears nothing more", async () => {
  const { server, page } = stage();
  const heard: string[] = [];
  function Listener() {
    useEvent(Board.events.cardAdded, ({ id }) => heard.push(id));
    return null;
  }
  function Page({ isListening }: { isListening: boolean }) {
    useRoom(Board.rooms.board, here);
    return isListening ? <Listener /> : null;
  }

  const { rerender } = render(page(<Page isListening />));
  await act(server.settled);
  await act(async () => server.emit(Board.events.cardAdded, card("a")));
  rerender(page(<Page isListening={false} />));
  await act(async () => server.emit(Board.events.cardAdded, card("b")));

  expect(heard).toEqual(["a"]);
});

test("a component listens from the commit on that puts it on the page", () => {
  const { client, page } = stage();
  const on = vi.spyOn(client, "on");
  const subscriptions: number[] = [];
  function Listener() {
    useEvent(Board.events.cardAdded, () => {});
    return null;
  }
  function Page() {
    useLayoutEffect(() => void subscriptions.push(on.mock.calls.length), []);
    return <Listener />;
  }

  // Passive effects come after the layout effects, and in an app in a later task: events may too.
  render(page(<Page />));

  expect(subscriptions).toEqual([1]);
});
