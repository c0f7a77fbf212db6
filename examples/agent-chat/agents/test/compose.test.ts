// What the scribe says, and how it is cut into parts.

import { expect, test } from "vitest";
import { partsOf } from "../src/answers/parts.js";
import { compose } from "../src/scribe/compose.js";
import { sharedWith } from "../src/sessions.js";
import { message, SESSION } from "./stage.js";

const before = [
  message("m1", "The venue has to hold forty people."),
  message("m2", "Who pays for it?", { author: "ben" }),
];
const prompt = message("m3", "@scribe which venue do we take?");
const budget = {
  title: "Budget",
  content: "We have 900 euros.\nA venue may take half of it.",
};

test("the same prompt, conversation and context make the same text", () => {
  const material = { prompt, before, shared: [{ ...budget, extent: "full" as const }] };

  expect(compose(material)).toBe(compose(structuredClone(material)));
});

test("an answer quotes what the conversation says about the question", () => {
  const text = compose({ prompt, before, shared: [] });

  expect(text).toContain("- ann: The venue has to hold forty people.");
  expect(text).not.toContain("Who pays");
});

test("a full context is quoted where it speaks of the question, a summary from its beginning", () => {
  const full = compose({ prompt, before, shared: [{ ...budget, extent: "full" }] });
  const summary = compose({ prompt, before, shared: [{ ...budget, extent: "summary" }] });

  expect(full).toContain("*Budget*: A venue may take half of it.");
  expect(summary).toContain("*Budget*: We have 900 euros.");
});

test("a summary lists what was said and what is still open", () => {
  const text = compose({ prompt: message("m4", "Summarise this, please"), before, shared: [] });

  expect(text).toContain("- ben: Who pays for it?");
  expect(text).toContain("Still open:\n- Who pays for it?");
});

test("a question that somebody replied to is not open", () => {
  const replied = [...before, message("m5", "I do.", { replyTo: "m2" })];

  const text = compose({ prompt: message("m4", "Minutes?"), before: replied, shared: [] });

  expect(text).toContain("Nothing is left open.");
});

test("who asks at length gets more", () => {
  const short = compose({ prompt, before, shared: [] });
  const long = compose({ prompt: message("m3", "which venue, at length"), before, shared: [] });

  expect(long.length).toBeGreaterThan(2 * short.length);
});

test.for(["", "   ", "🙂 👍", "@scribe", "```\ncode\n```", "what is due, at length, in detail"])(
  "an answer to %j fits into a message, and its parts into theirs",
  (text) => {
    const answer = compose({ prompt: message("m1", text), before, shared: [] });

    expect(answer.length).toBeGreaterThan(0);
    expect(answer.length).toBeLessThanOrEqual(8000);
    for (const part of partsOf(answer)) expect(part.length).toBeLessThanOrEqual(8000);
  },
);

test("an answer to one endless word is not endless", () => {
  const answer = compose({ prompt: message("m1", "a".repeat(8000)), before, shared: [] });

  expect(answer.length).toBeLessThanOrEqual(8000);
});

test.for(["one", "one two  three\n\nfour five", " begins with a space", "ends with one ", ""])(
  "the parts of %j are the text",
  (text) => {
    expect(partsOf(text).join("")).toBe(text);
  },
);

test("a context counts for the agents that it names, until it expires", () => {
  const shared = (messageId: string, agents: string[], expiresIn?: number) =>
    message(messageId, "", {
      body: {
        type: "context",
        title: messageId,
        extent: "full",
        content: "…",
        agents,
        ...(expiresIn && { expiresIn }),
      },
    });
  const state = {
    session: { sessionId: SESSION, title: "", members: [], createdAt: "", activeAt: "" },
    messages: [
      shared("all", []),
      shared("mine", ["scribe"]),
      shared("theirs", ["other"]),
      shared("over", [], 60),
    ],
    more: false,
    contexts: [],
  };
  const later = message("m", "What now?", { createdAt: "2026-01-01T10:01:00Z" });

  const titles = sharedWith("scribe", state, later).map(({ title }) => title);

  expect(titles).toEqual(["all", "mine"]);
});
