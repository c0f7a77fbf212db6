// Problems in other languages, with their parameters, and beside the fields of a form.

import { expect, test } from "vitest";
import { speak, type Translation, type Words } from "../src/words.js";
import { problem } from "./stage.js";

const english = {
  "board.busy": { message: "{agent} is busy.", hint: "Try again in {seconds} s." },
  "board.full": { message: "The board is full.", hint: "" },
} as const satisfies Words;
const german: Translation<typeof english> = {
  "board.busy": { message: "{agent} ist beschäftigt.", hint: "In {seconds} s noch einmal." },
  "board.full": { message: "Das Brett ist voll." },
};
const busy = problem("board.busy", "retry", { params: { agent: "Scribe", seconds: 3 } });

test("a problem is said in the language of the app, with its parameters", () => {
  expect(speak(busy, german)).toEqual({
    message: "Scribe ist beschäftigt.",
    hint: "In 3 s noch einmal.",
    fields: {},
  });
});

test("languages are asked in their order", () => {
  const swiss: Words = { "board.full": { message: "S Brätt isch voll." } };

  expect(speak(problem("board.full", "give_up"), swiss, german).message).toBe("S Brätt isch voll.");
  expect(speak(busy, swiss, german).message).toBe("Scribe ist beschäftigt.");
});

test("a code that no language has is said in the words that came with it", () => {
  const unknown = { ...problem("board.melted", "give_up"), message: "The board has melted." };

  expect(speak(unknown, german).message).toBe("The board has melted.");
});

test("a sentence whose parameter did not come is not said with a hole in it", () => {
  const bare = problem("board.busy", "retry", { params: { agent: "Scribe" } });

  expect(speak(bare, german).message).toBe("It is board.busy.");
});

test("a parameter that looks like a name stays what it is", () => {
  const odd = problem("board.busy", "retry", { params: { agent: "{seconds}", seconds: 3 } });

  expect(speak(odd, german).message).toBe("{seconds} ist beschäftigt.");
});

test("each field says the first rule that it breaks, with its bounds", () => {
  const fields = [
    { path: "title", rule: "length", limit: "1..=80" },
    { path: "title", rule: "pattern" },
    { path: "items[2].count", rule: "range", limit: "..=5" },
    { path: "tags", rule: "items", limit: "1.." },
    { path: "color", rule: "of_the_app" },
  ];
  const invalid = problem("invalid_payload", "fix_input", { fields });
  const own: Words = { "field.items": { message: "Mindestens {limit}" } };

  expect(speak(invalid, own).fields).toEqual({
    title: "Use 1–80 characters.",
    "items[2].count": "Use a number: ≤ 5.",
    tags: "Mindestens ≥ 1",
    color: "This is not right.",
  });
});
