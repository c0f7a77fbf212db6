// Hydrating in a browser: no mismatch, whatever the client has done before.

import { act } from "@testing-library/react";
import { StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { boardState, card } from "./board.js";
import { Everything } from "./everything.js";
import { stage } from "./stage.js";

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
  const room = client.join(boardState, { boardId: "b1" });
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
