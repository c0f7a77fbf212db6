// Questions in components: shown to people, or answered by a handler.

import { decline } from "@tautline/client";
import { act, render, screen } from "@testing-library/react";
import { StrictMode, useState } from "react";
import { expect, test } from "vitest";
import { useQuestion, useRoom } from "../src/index.js";
import { Board, card, refusal } from "./board.js";
import { stage } from "./stage.js";

const { keepCard } = Board.questions;

function Approvals() {
  useRoom(Board.rooms.board, { boardId: "b1" });
  const questions = useQuestion(keepCard);
  return questions.map((question) => (
    <div key={question.id}>
      <p>{question.payload.title}</p>
      <button type="button" onClick={() => void question.answer({ keep: true })}>
        keep {question.id}
      </button>
      <button
        type="button"
        onClick={() => void question.decline({ code: "declined.other", params: { why: "tea" } })}
      >
        decline {question.id}
      </button>
    </div>
  ));
}

const titles = () => [...document.querySelectorAll("p")].map((it) => it.textContent);

test("open questions are shown, oldest first, until somebody settles them", async () => {
  const { server, page } = stage();

  render(page(<Approvals />));
  await act(server.settled);
  await act(async () => server.ask("q1", card("mint")));
  await act(async () => server.ask("q2", card("sage")));
  expect(titles()).toEqual(["mint", "sage"]);
  await act(async () => server.settle("q1"));

  expect(titles()).toEqual(["sage"]);
});

test("an answer settles the question", async () => {
  const { server, page } = stage();
  render(page(<Approvals />));
  await act(server.settled);
  await act(async () => server.ask("q1", card("mint")));

  await act(async () => screen.getByText("keep q1").click());
  await act(server.settled);

  expect(server.answers).toEqual([{ question: "q1", answer: { keep: true } }]);
  expect(titles()).toEqual([]);
});

test("a question can be declined for a reason of the contract", async () => {
  const { server, page } = stage();
  render(page(<Approvals />));
  await act(server.settled);
  await act(async () => server.ask("q1", card("mint")));

  await act(async () => screen.getByText("decline q1").click());
  await act(server.settled);

  const declined = { code: "declined.other", params: { why: "tea" } };
  expect(server.answers).toEqual([{ question: "q1", declined }]);
});

test("an answer that comes too late is a problem in the result, and throws nothing", async () => {
  const { server, page } = stage();
  const results: unknown[] = [];
  function Page() {
    useRoom(Board.rooms.board, { boardId: "b1" });
    return useQuestion(keepCard).map((question) => (
      <button
        key={question.id}
        type="button"
        onClick={async () => results.push(await question.answer({ keep: true }))}
      >
        keep
      </button>
    ));
  }
  server.refuseAnswers = refusal("question_settled");
  render(page(<Page />));
  await act(server.settled);
  await act(async () => server.ask("q1", card("mint")));

  await act(async () => screen.getByText("keep").click());
  await act(server.settled);

  expect(results).toMatchObject([{ ok: false, problem: { code: "question_settled" } }]);
});

test("a handler is asked once per question, under strict mode too", async () => {
  const { server, page } = stage();
  let asked = 0;
  function Page({ isAnswering }: { isAnswering: boolean }) {
    useRoom(Board.rooms.board, { boardId: "b1" });
    return isAnswering ? <Answering /> : null;
  }
  function Answering() {
    useQuestion(keepCard, ({ id }) => {
      asked += 1;
      return id === "mint" ? { keep: true } : decline({ code: "declined.too_late" });
    });
    return null;
  }

  const { rerender } = render(<StrictMode>{page(<Page isAnswering={false} />)}</StrictMode>);
  await act(server.settled);
  await act(async () => server.ask("q1", card("mint")));
  rerender(<StrictMode>{page(<Page isAnswering />)}</StrictMode>);
  await act(server.settled);
  await act(async () => server.ask("q2", card("sage")));
  await act(server.settled);

  expect(asked).toBe(2);
  expect(server.answers).toEqual([
    { question: "q1", answer: { keep: true } },
    { question: "q2", declined: { code: "declined.too_late" } },
  ]);
});

test("the newest handler answers", async () => {
  const { server, page } = stage();
  let setKeep: (keep: boolean) => void = () => {};
  function Page() {
    const [keep, set] = useState(false);
    setKeep = set;
    useRoom(Board.rooms.board, { boardId: "b1" });
    useQuestion(keepCard, () => ({ keep }));
    return null;
  }

  render(page(<Page />));
  await act(server.settled);
  act(() => setKeep(true));
  await act(async () => server.ask("q1", card("mint")));
  await act(server.settled);

  expect(server.answers).toEqual([{ question: "q1", answer: { keep: true } }]);
});

test("what a handler leaves open stays with the people", async () => {
  const { server, page } = stage();
  function Page() {
    useRoom(Board.rooms.board, { boardId: "b1" });
    return useQuestion(keepCard, () => undefined).map(({ id }) => <p key={id}>{id}</p>);
  }

  render(page(<Page />));
  await act(server.settled);
  await act(async () => server.ask("q1", card("mint")));
  await act(server.settled);

  expect(titles()).toEqual(["q1"]);
  expect(server.answers).toEqual([]);
});
