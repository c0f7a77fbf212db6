// The provider: one connection, however React mounts it, and words about mistakes.

import { act, render, renderHook } from "@testing-library/react";
import { StrictMode } from "react";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
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
import { Board, boardState } from "./board.js";
import { stage } from "./stage.js";

let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function Status() {
  return <p>{useConnection((it) => it.status)}</p>;
}

const shown = () => document.body.textContent;

test("the connection is held while the provider is mounted", async () => {
  const { server, clock, page } = stage();

  const { unmount } = render(page(<Status />));
  expect(shown()).toBe("connecting");
  await act(server.settled);
  expect(shown()).toBe("connected");
  unmount();
  clock.advance(60_000);

  expect(server.log).toEqual(["link", "open /board", "close"]);
  expect(clock.waiting).toBe(0);
});

test("strict mode opens one connection", async () => {
  const { server, clock, page } = stage();

  render(<StrictMode>{page(<Status />)}</StrictMode>);
  await act(server.settled);
  await act(async () => clock.advance(60_000));

  expect(server.log).toEqual(["link", "open /board"]);
});

test("a remount, as a hot reload makes one, keeps the connection and the room", async () => {
  const { server, clock, page } = stage();
  function Room() {
    return <p>{useRoom(Board.rooms.board, { boardId: "b1" }).status}</p>;
  }

  const { rerender } = render(page(<Room key="before" />));
  await act(server.settled);
  rerender(<p>An error overlay.</p>);
  await act(async () => clock.advance(500));
  rerender(page(<Room key="after" />));
  expect(shown()).toBe("joined");
  await act(async () => clock.advance(60_000));
  await act(server.settled);

  expect(shown()).toBe("joined");
  expect(server.log).toEqual(["link", "open /board", "join board:b1"]);
});

test("another client in the same provider takes over, without a word", async () => {
  const before = stage("https://example.org");
  const after = stage("https://example.org");

  const { rerender } = render(before.page(<Status />));
  await act(before.server.settled);
  rerender(after.page(<Status />));
  await act(after.server.settled);
  before.clock.advance(60_000);

  expect(shown()).toBe("connected");
  expect(before.server.log.at(-1)).toBe("close");
  expect(warn).not.toHaveBeenCalled();
});

test("a second provider inside another one says so", async () => {
  const outer = stage("https://example.org");
  const inner = stage("https://example.org");

  render(outer.page(inner.page(<Status />)));
  await act(inner.server.settled);

  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toBe(
    "tautline: a second <SocketProvider> for https://example.org is mounted inside another one, " +
      "with another client: they make two connections. " +
      "Make one client, in a module of its own, and give it to one provider at the root",
  );
});

test("a second provider next to another one says so", async () => {
  const left = stage("https://example.org");
  const right = stage("https://example.org");

  render(
    <>
      {left.page(<Status />)}
      {right.page(<Status />)}
    </>,
  );
  await act(left.server.settled);
  await act(right.server.settled);

  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn.mock.calls[0]?.[0]).toContain("is mounted next to another one");
});

test("two providers of one client, or of two servers, are nobody's mistake", async () => {
  const one = stage("https://one.example.org");
  const two = stage("https://two.example.org");

  render(<StrictMode>{one.page(one.page(two.page(<Status />)))}</StrictMode>);
  await act(two.server.settled);

  expect(warn).not.toHaveBeenCalled();
});

test("in production nothing is said about a second provider", () => {
  vi.stubEnv("NODE_ENV", "production");
  const outer = stage("https://example.org");
  const inner = stage("https://example.org");

  render(outer.page(inner.page(null)));

  expect(warn).not.toHaveBeenCalled();
});

test.each([
  ["useClient", () => useClient()],
  ["useConnection", () => useConnection()],
  ["useRoom", () => useRoom(Board.rooms.board, { boardId: "b1" })],
  ["useRoomState", () => useRoomState(boardState, { boardId: "b1" })],
  ["useEvent", () => useEvent(Board.events.cardAdded, () => {})],
  ["useCommand", () => useCommand(Board.commands.addCard)],
  ["useQuestion", () => useQuestion(Board.questions.keepCard)],
  ["useStreams", () => useStreams(Board.streams.story)],
  ["useStream", () => useStream(Board.streams.story, "s1")],
  ["usePresence", () => usePresence(Board.rooms.board, { boardId: "b1" })],
  ["usePresent", () => usePresent(Board.rooms.board, { boardId: "b1" })],
  ["useReceipts", () => useReceipts(Board.rooms.board, { boardId: "b1" })],
  ["useRead", () => useRead(Board.rooms.board, { boardId: "b1" })],
])("%s outside of a provider says so by name", (name, useIt) => {
  vi.spyOn(console, "error").mockImplementation(() => {});

  expect(() => renderHook(useIt)).toThrow(
    `\`${name}\` is used outside of <SocketProvider>: ` +
      "wrap the root of the app in <SocketProvider client={client}>",
  );
});

test("useClient gives the client of the nearest provider", () => {
  const { client } = stage();

  const { result } = renderHook(() => useClient(), {
    wrapper: ({ children }) => <SocketProvider client={client}>{children}</SocketProvider>,
  });

  expect(result.current).toBe(client);
});
