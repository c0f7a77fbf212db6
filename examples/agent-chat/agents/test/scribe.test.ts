// The scribe in front of a fake server: what it writes, and what becomes of an answer that is cut off.

import type { AnswerPart } from "@tautline/agent-chat";
import { refuse } from "@tautline/client/testing";
import { expect, test } from "vitest";
import { partsOf } from "../src/answers/parts.js";
import { compose } from "../src/scribe/compose.js";
import { scribe } from "../src/scribe/work.js";
import { message, SESSION, stage } from "./stage.js";

const prompt = message("m1", "How do we find a venue for the meeting?");
const answer = compose({ prompt, before: [], shared: [] });

const textOf = (parts: readonly AnswerPart[]) => parts.map(({ text }) => text).join("");

test("a prompt is answered in numbered parts and finished", async () => {
  const { tell, settled, sent } = await stage(scribe, { messages: [prompt] });
  await settled();

  tell("prompted", { message: prompt });
  await settled();

  const parts = sent<AnswerPart>("append_answer");
  expect(sent("begin_answer")).toEqual([{ sessionId: SESSION, agentId: "worker", replyTo: "m1" }]);
  expect(textOf(parts)).toBe(answer);
  expect(parts.map(({ number }) => number)).toEqual(parts.map((_, index) => index + 1));
  expect(sent("finish_answer")).toEqual([{ answerId: "answer-1" }]);
});

test("what it does is shown, and ends idle", async () => {
  const { tell, settled, sent } = await stage(scribe, { messages: [prompt] });
  await settled();

  tell("prompted", { message: prompt });
  await settled();

  const activities = sent<{ activity: { type: string } }>("set_activity");
  const types = activities.map(({ activity }) => activity.type);
  expect(types).toContain("responding");
  expect(types.at(-1)).toBe("idle");
});

test("a prompt that waited is answered when the scribe comes, once", async () => {
  const { tell, settled, sent } = await stage(scribe, { messages: [prompt], prompts: [prompt] });
  tell("prompted", { message: prompt });

  await settled();

  expect(sent("begin_answer")).toHaveLength(1);
});

test("an interrupted answer gets no further part and no end", async () => {
  const { server, tell, settled, sent } = await stage(scribe, { messages: [prompt] });
  server.handle("append_answer", ({ number }: AnswerPart) => {
    if (number === 3) tell("interrupted", { answerId: "answer-1", by: "ann" });
    return null;
  });
  await settled();

  tell("prompted", { message: prompt });
  await settled();

  expect(sent("append_answer").length).toBeLessThan(partsOf(answer).length);
  expect(sent("finish_answer")).toEqual([]);
});

test("an answer that the server has ended is left", async () => {
  const { server, tell, settled, sent, lines } = await stage(scribe, { messages: [prompt] });
  server.handle("append_answer", () => refuse(problem("agents.interrupted", "cancelled")));
  await settled();

  tell("prompted", { message: prompt });
  await settled();

  expect(sent("append_answer")).toHaveLength(1);
  expect(lines.at(-1)).toBe("answer interrupted");
});

test("an answer of an earlier life is gone on with where it broke off", async () => {
  const parts = partsOf(answer);
  const text = parts.slice(0, 4).join("");
  const { settled, sent } = await stage(scribe, {
    messages: [prompt],
    unfinished: [{ answerId: "answer-0", number: 4 }],
    streams: [{ answerId: "answer-0", replyTo: "m1", number: 4, text }],
  });

  await settled();

  const written = sent<AnswerPart>("append_answer");
  expect(written[0]?.number).toBe(5);
  expect(text + textOf(written)).toBe(answer);
  expect(sent("finish_answer")).toEqual([{ answerId: "answer-0" }]);
});

test("an answer whose prompt has changed meanwhile is given up", async () => {
  const { settled, sent } = await stage(scribe, {
    messages: [message("m1", "Forget it.")],
    unfinished: [{ answerId: "answer-0", number: 1 }],
    streams: [{ answerId: "answer-0", replyTo: "m1", number: 1, text: "Something else. " }],
  });

  await settled();

  expect(sent("append_answer")).toEqual([]);
  expect(sent("fail_answer")).toHaveLength(1);
});

test("a part that is missing is written again", async () => {
  const { server, tell, settled, sent } = await stage(scribe, { messages: [prompt] });
  let hasRefused = false;
  server.handle("append_answer", ({ number }: AnswerPart) => {
    if (number !== 3 || hasRefused) return null;
    hasRefused = true;
    return refuse(problem("agents.part_missing", "protocol", { expected: 2 }));
  });
  await settled();

  tell("prompted", { message: prompt });
  await settled();

  const numbers = sent<AnswerPart>("append_answer").map(({ number }) => number);
  expect(numbers.slice(0, 6)).toEqual([1, 2, 3, 2, 3, 4]);
});

test("a part that the cut swallowed is sent again on the next link", async () => {
  const { server, clock, tell, settled, sent } = await stage(scribe, { messages: [prompt] });
  server.handle("tautline:resume", ({ rooms }: { rooms: { room: string }[] }) => ({
    rooms: rooms.map(({ room }) => ({
      room,
      recovered: true,
      at: { epoch: "e", seq: 1 },
      events: [],
      more: false,
      questions: [],
    })),
  }));
  let isCut = false;
  server.handle("append_answer", ({ number }: AnswerPart) => {
    if (number !== 2 || isCut) return null;
    isCut = true;
    server.cut();
    return null;
  });
  await settled();

  tell("prompted", { message: prompt });
  await settled();
  clock.advance(60_000);
  await settled();

  expect(sent<AnswerPart>("append_answer").filter(({ number }) => number === 2)).toHaveLength(2);
  expect(sent("finish_answer")).toHaveLength(1);
});

function problem(code: string, category: string, params: object = {}) {
  return {
    code,
    category,
    severity: "info",
    message: "No.",
    recovery: { action: "none", hint: "" },
    outcome: "not_executed",
    traceId: "t",
    params,
  };
}
