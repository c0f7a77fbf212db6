// Commands from components: what `run` resolves to, and what is shown of it.

import { act, renderHook } from "@testing-library/react";
import { type ReactNode, StrictMode } from "react";
import { expect, test, vi } from "vitest";
import { useCommand } from "../src/index.js";
import { Board, card, refusal } from "./board.js";
import { type Stage, stage } from "./stage.js";

function renderCommand({ page }: Stage) {
  const wrapper = ({ children }: { children: ReactNode }) => page(children);
  return renderHook(() => useCommand(Board.commands.addCard), { wrapper });
}

test("an answer is a value", async () => {
  const theatre = stage();
  const { result } = renderCommand(theatre);
  await act(theatre.server.settled);

  const answer = await act(() => result.current.run(card("a")));

  expect(answer).toEqual({ ok: true, value: card("a") });
  expect(result.current.last).toBe(answer);
  expect(result.current.inFlight).toBe(0);
});

test("a refusal is a problem and never an exception", async () => {
  const theatre = stage();
  theatre.server.onAddCard = () => refusal("board.full", { max: 3 });
  const { result } = renderCommand(theatre);
  await act(theatre.server.settled);

  const answer = await act(() => result.current.run(card("a")));

  expect(answer).toMatchObject({ ok: false, problem: { code: "board.full", params: { max: 3 } } });
  expect(result.current.last).toBe(answer);
});

test("runs that overlap are counted, and an older answer does not replace a newer one", async () => {
  const theatre = stage();
  const held = theatre.server.holdAnswers();
  const { result } = renderCommand(theatre);
  await act(theatre.server.settled);

  act(() => {
    void result.current.run(card("old"));
    void result.current.run(card("new"));
  });
  await act(theatre.server.settled);
  expect(result.current.inFlight).toBe(2);
  await act(() => held.release("new"));
  expect(result.current.inFlight).toBe(1);
  await act(() => held.release("old"));

  expect(result.current.inFlight).toBe(0);
  expect(result.current.last).toEqual({ ok: true, value: card("new") });
});

test("a reset forgets the last answer, and that of a run in flight", async () => {
  const theatre = stage();
  const { result } = renderCommand(theatre);
  await act(theatre.server.settled);
  await act(() => result.current.run(card("a")));
  const held = theatre.server.holdAnswers();
  act(() => void result.current.run(card("b")));
  await act(theatre.server.settled);

  act(() => result.current.reset());
  expect(result.current.last).toBeUndefined();
  expect(result.current.inFlight).toBe(1);
  await act(() => held.release("b"));

  expect(result.current.last).toBeUndefined();
  expect(result.current.inFlight).toBe(0);
});

test("after an unmount `run` still resolves and nothing complains", async () => {
  const theatre = stage();
  const complain = vi.spyOn(console, "error").mockImplementation(() => {});
  const held = theatre.server.holdAnswers();
  const { result, unmount } = renderCommand(theatre);
  await act(theatre.server.settled);
  let answer: Promise<unknown> = Promise.resolve();
  act(() => {
    answer = result.current.run(card("a"));
  });
  await act(theatre.server.settled);

  unmount();
  await held.release("a");

  await expect(answer).resolves.toEqual({ ok: true, value: card("a") });
  expect(complain).not.toHaveBeenCalled();
});

test("`run` and `reset` are the same functions in every render", async () => {
  const theatre = stage();
  const { result, rerender } = renderCommand(theatre);
  const { run, reset } = result.current;

  await act(theatre.server.settled);
  await act(() => result.current.run(card("a")));
  rerender();

  expect(result.current.run).toBe(run);
  expect(result.current.reset).toBe(reset);
});

test("strict mode counts right, and a command without a payload needs none", async () => {
  const theatre = stage();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <StrictMode>{theatre.page(children)}</StrictMode>
  );
  const { result } = renderHook(() => useCommand(Board.commands.tidy), { wrapper });
  await act(theatre.server.settled);

  await act(() => result.current.run());

  expect(result.current.last).toEqual({ ok: true, value: 0 });
  expect(result.current.inFlight).toBe(0);
});
