// Events as effects: every one of them, once, by the newest closure.

import { act, render } from "@testing-library/react";
import { StrictMode, useState } from "react";
import { expect, test, vi } from "vitest";
import { SocketProvider, useEvent, useRoom } from "../src/index.js";
import { Board, card } from "./board.js";
import { stage } from "./stage.js";

const here = { boardId: "b1" };

test("every event of a burst is delivered, once and in order, under strict mode too", async () => {
  const { client, server } = stage();
  const heard: string[] = [];
  function Page() {
    useRoom(Board.rooms.board, here);
    useEvent(Board.events.cardAdded, ({ id }) => heard.push(id));
    return null;
  }
  const ids = Array.from({ length: 100 }, (_, index) => `c${index}`);

  render(
    <StrictMode>
      <SocketProvider client={client}>
        <Page />
      </SocketProvider>
    </StrictMode>,
  );
  await act(server.settled);
  await act(async () => {
    for (const id of ids) server.emit(Board.events.cardAdded, card(id));
  });

  expect(heard).toEqual(ids);
});

test("the newest closure is called, and a new closure does not subscribe anew", async () => {
  const { client, server } = stage();
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

  render(
    <SocketProvider client={client}>
      <Page />
    </SocketProvider>,
  );
  await act(server.settled);
  await act(async () => server.emit(Board.events.cardAdded, card("a")));
  act(() => setPrefix("second"));
  await act(async () => server.emit(Board.events.cardAdded, card("b")));

  expect(heard).toEqual(["first a", "second b"]);
  expect(on).toHaveBeenCalledTimes(1);
});

test("the position of a durable event comes with it", async () => {
  const { client, server } = stage();
  const positions: unknown[] = [];
  function Page() {
    useRoom(Board.rooms.board, here);
    useEvent(Board.events.cardAdded, (_, { room, seq }) => positions.push({ room, seq }));
    return null;
  }

  render(
    <SocketProvider client={client}>
      <Page />
    </SocketProvider>,
  );
  await act(server.settled);
  await act(async () => server.emit(Board.events.cardAdded, card("a")));

  expect(positions).toEqual([{ room: "board:b1", seq: 1 }]);
});

test("an unmounted component hears nothing more", async () => {
  const { client, server } = stage();
  const heard: string[] = [];
  function Listener() {
    useEvent(Board.events.cardAdded, ({ id }) => heard.push(id));
    return null;
  }
  function Page({ isListening }: { isListening: boolean }) {
    useRoom(Board.rooms.board, here);
    return isListening ? <Listener /> : null;
  }
  const page = (isListening: boolean) => (
    <SocketProvider client={client}>
      <Page isListening={isListening} />
    </SocketProvider>
  );

  const { rerender } = render(page(true));
  await act(server.settled);
  await act(async () => server.emit(Board.events.cardAdded, card("a")));
  rerender(page(false));
  await act(async () => server.emit(Board.events.cardAdded, card("b")));

  expect(heard).toEqual(["a"]);
});
