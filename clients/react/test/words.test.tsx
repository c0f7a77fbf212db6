// A form that says in its own language what is wrong.

import type { Problem } from "@tautline/client";
import { render, renderHook, screen } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { useProblem, WordsProvider } from "../src/words.js";
import { refusal } from "./board.js";
import "./stage.js";

const german = {
  "board.full": { message: "Nur {max} Karten.", hint: "Nimm eine weg." },
  "field.length": { message: "{limit} Zeichen" },
};
const full: Problem = refusal("board.full", { max: 3 });

function inGerman({ children }: { children: ReactNode }) {
  return <WordsProvider words={german}>{children}</WordsProvider>;
}

test("a problem is said in the language of the nearest provider", () => {
  const { result } = renderHook(() => useProblem(full), { wrapper: inGerman });

  expect(result.current).toMatchObject({
    code: "board.full",
    message: "Nur 3 Karten.",
    hint: "Nimm eine weg.",
    action: full.recovery.action,
    traceId: full.traceId,
  });
});

test("without a provider it is said in the server's words", () => {
  const { result } = renderHook(() => useProblem(full));

  expect(result.current.message).toBe(full.message);
});

test("what the nearest language lacks is looked for further out", () => {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <WordsProvider words={german}>
      <WordsProvider words={{ "board.closed": { message: "Zue." } }}>{children}</WordsProvider>
    </WordsProvider>
  );

  const { result } = renderHook(() => useProblem(full), { wrapper });

  expect(result.current.message).toBe("Nur 3 Karten.");
});

test("no problem is nothing to show, and the same problem is the same object", () => {
  const { result, rerender } = renderHook(({ problem }) => useProblem(problem), {
    initialProps: { problem: undefined as Problem | undefined },
    wrapper: inGerman,
  });
  const none = result.current;
  rerender({ problem: full });
  const first = result.current;

  rerender({ problem: full });

  expect(none).toBeUndefined();
  expect(result.current).toBe(first);
});

test("each field of a form finds what is wrong with it", () => {
  const fields = [{ path: "title", rule: "length", limit: "1..=80" }];
  const invalid: Problem = { ...refusal("invalid_payload"), fields };
  function Form() {
    const shown = useProblem(invalid);
    return <p>Title: {shown.fields["title"]}</p>;
  }

  render(<Form />, { wrapper: inGerman });

  expect(screen.getByText("Title: 1–80 Zeichen")).toBeTruthy();
});
