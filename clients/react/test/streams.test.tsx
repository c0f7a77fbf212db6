// Streams in components: texts that grow, and nothing that renders for another's text.

import { act, render } from "@testing-library/react";
import { StrictMode } from "react";
import { expect, test } from "vitest";
import { useRoom, useStream, useStreams } from "../src/index.js";
import { Board, card, refusal } from "./board.js";
import { stage } from "./stage.js";

const { story } = Board.streams;
const here = { boardId: "b1" };

function Stories() {
  useRoom(Board.rooms.board, here);
  return useStreams(story, here).map(({ id, payload, text, status, answer, problem }) => (
    <p key={id}>{`${payload.title} ${status}: ${text}${answer?.id ?? problem?.code ?? ""}`}</p>
  ));
}

const shown = () => [...document.querySelectorAll("p")].map((it) => it.textContent);

test("a story grows while it is written, and ends with its answer or its failure", async () => {
  const { server, page } = stage();

  render(<StrictMode>{page(<Stories />)}</StrictMode>);
  await act(server.settled);
  await act(async () => {
    server.story("s1", { title: "Tea" });
    server.story("s1", { number: 1, text: "Once " });
    server.story("s1", { number: 2, text: "upon" });
    server.story("s2", { title: "Coffee" });
  });
  expect(shown()).toEqual(["Tea open: Once upon", "Coffee open: "]);
  await act(async () => {
    server.story("s1", { outcome: "finished", answer: card("-the end") });
    server.story("s2", { outcome: "failed", problem: refusal("story.too_long", { words: 9 }) });
  });

  expect(shown()).toEqual(["Tea finished: Once upon-the end", "Coffee failed: story.too_long"]);
});

function InTheRoom() {
  useRoom(Board.rooms.board, here);
  return null;
}

test("a component of one stream does not render for another's text", async () => {
  const { server, page } = stage();
  const texts: unknown[] = [];
  const lists: unknown[] = [];
  function Story({ id }: { id: string }) {
    const mine = useStream(story, id);
    if (id === "s1") texts.push(mine?.text);
    return null;
  }
  function All() {
    const ids = useStreams(
      story,
      here,
      (all) => all.map(({ id }) => id),
      (a, b) => a.join() === b.join(),
    );
    lists.push(ids);
    return ids.map((id) => <Story key={id} id={id} />);
  }

  render(page([<InTheRoom key="room" />, <All key="all" />]));
  await act(server.settled);
  await act(async () => server.story("s1", { title: "Tea" }));
  await act(async () => server.story("s2", { title: "Coffee" }));
  for (const number of [1, 2, 3]) {
    await act(async () => server.story("s2", { number, text: "x" }));
  }
  await act(async () => server.story("s1", { number: 1, text: "Once" }));

  expect(lists).toEqual([[], ["s1"], ["s1", "s2"]]);
  // The second is its parent's: it has a story more.
  expect(texts).toEqual(["", "", "Once"]);
});

test("what was written during a cut is one render, however much it was", async () => {
  const { server, clock, page } = stage();
  const texts: unknown[] = [];
  function Text() {
    texts.push(useStreams(story, here).map(({ text }) => text.length));
    return null;
  }

  render(page([<InTheRoom key="room" />, <Text key="text" />]));
  await act(server.settled);
  await act(async () => server.story("s1", { title: "Tea" }));
  await act(async () => server.cut());
  server.story("s2", { title: "Coffee" });
  for (let number = 1; number <= 100; number += 1) {
    server.story("s1", { number, text: "." });
    server.story("s2", { number, text: "." });
  }
  await act(async () => clock.advance(30_000));
  await act(server.settled);

  expect(texts).toEqual([[], [0], [100, 100]]);
});

test("fields that are a new object in each render are the same room", async () => {
  const { client, server, page } = stage();
  let made = 0;
  const streams = client.streams;
  client.streams = ((...args: Parameters<typeof streams>) => {
    made += 1;
    return streams(...args);
  }) as typeof streams;
  function Page() {
    useRoom(Board.rooms.board, here);
    return <p>{useStreams(story, { boardId: "b1" }).length}</p>;
  }

  render(page(<Page />));
  await act(server.settled);
  await act(async () => server.story("s1", { title: "Tea" }));

  expect(shown()).toEqual(["1"]);
  expect(made).toBe(1);
});

test("a page that leaves the room shows only what is still open of its stories when it comes back", async () => {
  const { server, clock, page } = stage();

  const { rerender } = render(page(<Stories />));
  await act(server.settled);
  await act(async () => {
    server.story("s1", { title: "Tea" });
    server.story("s1", { outcome: "cancelled" });
    server.story("s2", { title: "Coffee" });
  });
  rerender(page(null));
  await act(async () => clock.advance(10_000));
  await act(server.settled);
  rerender(page(<Stories />));
  await act(server.settled);

  expect(shown()).toEqual(["Coffee open: "]);
});
