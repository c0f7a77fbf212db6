// Presence in components: who is there, and what of the user is shown to them.

import { act, render } from "@testing-library/react";
import { StrictMode, useEffect } from "react";
import { expect, test } from "vitest";
import { type Present, usePresence, usePresent } from "../src/index.js";
import { Board, type Pointer } from "./board.js";
import { stage } from "./stage.js";

const here = { boardId: "b1" };

function People() {
  const { members, self, isLive } = usePresence(Board.rooms.board, here);
  const names = members.map(({ subject, state }) => `${subject}@${state?.x ?? "?"}`);
  return <p>{`${names.join(" ")} (${self?.subject}${isLive ? "" : ", as of before"})`}</p>;
}

const shown = () => document.body.textContent;

test("people come, move and go", async () => {
  const { server, page } = stage();
  server.come("bo", { x: 1 });

  render(<StrictMode>{page(<People />)}</StrictMode>);
  await act(server.settled);
  expect(shown()).toBe("bo@1 (undefined)");
  await act(async () => {
    server.come("someone");
    server.come("bo", { x: 2 });
  });
  expect(shown()).toBe("bo@2 someone@? (someone)");
  await act(async () => server.go("bo"));

  expect(shown()).toBe("someone@? (someone)");
  expect(server.log).toEqual(["link", "open /board", "join board:b1"]);
});

test("while the link is cut the last that were known stay, and are said to be old", async () => {
  const { server, clock, page } = stage();
  server.come("bo", { x: 1 });

  render(page(<People />));
  await act(server.settled);
  await act(async () => server.cut());
  expect(shown()).toBe("bo@1 (undefined, as of before)");
  await act(async () => clock.advance(30_000));
  await act(server.settled);

  expect(shown()).toBe("bo@1 (undefined)");
});

test("a component does not render for what it does not select", async () => {
  const { server, page } = stage();
  const counts: number[] = [];
  function Count() {
    counts.push(usePresence(Board.rooms.board, here, ({ members }) => members.length));
    return null;
  }

  render(page(<Count />));
  await act(server.settled);
  await act(async () => server.come("bo", { x: 1 }));
  for (const x of [2, 3, 4]) await act(async () => server.come("bo", { x }));
  await act(async () => server.go("bo"));

  expect(counts).toEqual([0, 1, 0]);
});

test("what is shown in an effect of the first mount reaches the room, once, and goes with it", async () => {
  const { server, clock, page } = stage();
  const results: unknown[] = [];
  let renders = 0;
  function Child({ present }: { present: Present<Pointer> }) {
    useEffect(() => {
      void present({ x: 7 }).then((result) => results.push(result));
    }, [present]);
    return null;
  }
  function Page() {
    renders += 1;
    return <Child present={usePresent(Board.rooms.board, here)} />;
  }

  const { unmount } = render(<StrictMode>{page(<Page />)}</StrictMode>);
  await act(server.settled);
  const mounted = renders;
  await act(async () => server.come("bo", { x: 1 }));
  expect(renders).toBe(mounted);
  unmount();
  clock.advance(60_000);

  expect(server.shown).toEqual([{ x: 7 }]);
  expect(results.at(-1)).toEqual({ ok: true, value: undefined });
  expect(clock.waiting).toBe(0);
});

test("after an unmount nothing is shown, and that is a result", async () => {
  const { server, page } = stage();
  let present: Present<Pointer> | undefined;
  function Page() {
    present = usePresent(Board.rooms.board, here);
    return null;
  }

  const { rerender } = render(page(<Page />));
  await act(server.settled);
  rerender(page(null));
  const result = await present?.({ x: 1 });

  expect(result).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  expect(server.shown).toEqual([]);
});

test("without params nobody is there and nothing is joined", async () => {
  const { server, page } = stage();
  function Page() {
    const { members, isLive } = usePresence(Board.rooms.board, undefined);
    usePresent(Board.rooms.board, undefined);
    return <p>{`${members.length} ${isLive}`}</p>;
  }

  render(page(<Page />));
  await act(server.settled);

  expect(shown()).toBe("0 false");
  expect(server.log).toEqual(["link", "open /board"]);
});
