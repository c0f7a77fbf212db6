// Rendering on a server and hydrating in a browser: no I/O there, no mismatch here.

import { act } from "@testing-library/react";
import { StrictMode, version } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import {
  useCommand,
  useConnection,
  useEvent,
  useQuestion,
  useRoom,
  useRoomState,
} from "../src/index.js";
import { Board, boardState, card } from "./board.js";
import { stage } from "./stage.js";

const here = { boardId: "b1" };

function Everything() {
  const { status, since } = useConnection();
  const room = useRoom(Board.rooms.board, here);
  const skipped = useRoom(Board.rooms.board, here, { skip: true });
  const cards = useRoomState(boardState, here, (board) => board.cards);
  const add = useCommand(Board.commands.addCard);
  const questions = useQuestion(Board.questions.keepCard, () => undefined);
  useEvent(Board.events.cardAdded, () => {});
  return (
    <ul>
      <li>{`${status} since ${since}`}</li>
      <li>{`${room.status}, ${skipped.status}, ${cards.status}`}</li>
      <li>{cards.state?.map((it) => it.title).join(" ")}</li>
      <li>{`${add.inFlight} commands, ${questions.length} questions`}</li>
    </ul>
  );
}

test("rendering to a string does no I/O and starts no timer", async () => {
  const { server, clock, client, page } = stage();

  const html = renderToString(page(<Everything />));
  await server.settled();

  expect(html).toContain("idle since 0");
  expect(html).toContain("joining, idle, joining");
  expect(server.log).toEqual([]);
  expect(clock.waiting).toBe(0);
  expect(client.connection.getSnapshot().status).toBe("idle");
});

test("hydration matches, and then shows what is there", async () => {
  const { server, page } = stage();
  server.boards.set("b1", { title: "Tea", cards: [card("mint")] });
  const html = renderToString(page(<Everything />));
  const onRecoverableError = vi.fn();
  const complain = vi.spyOn(console, "error").mockImplementation(() => {});
  const container = document.createElement("div");
  container.innerHTML = html;

  const root = await act(async () =>
    hydrateRoot(container, <StrictMode>{page(<Everything />)}</StrictMode>, { onRecoverableError }),
  );
  await act(server.settled);

  expect(onRecoverableError).not.toHaveBeenCalled();
  expect(complain).not.toHaveBeenCalled();
  expect(container.textContent).toContain("connected since");
  expect(container.textContent).toContain("mint");
  expect(server.log).toEqual(["link", "open /board", "join board:b1"]);
  await act(async () => root.unmount());
});

test("hydration matches when the client is already connected and in the room", async () => {
  const { server, client, page } = stage();
  const html = renderToString(page(<Everything />));
  client.connect();
  const room = client.join(boardState, here);
  await server.settled();
  const onRecoverableError = vi.fn();
  const container = document.createElement("div");
  container.innerHTML = html;

  const root = await act(async () =>
    hydrateRoot(container, page(<Everything />), { onRecoverableError }),
  );

  expect(onRecoverableError).not.toHaveBeenCalled();
  expect(container.textContent).toContain("joined, idle, joined");
  await act(async () => root.unmount());
  room.leave();
});

test("the tests run on the React that they mean", () => {
  expect(version).toMatch(/^19\./);
});
