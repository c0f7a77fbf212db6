// A conversation as somebody uses it.

import { refuse } from "@tautline/client/testing";
import { act, fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { open, said } from "./stage.js";
import { refusal } from "./world.js";

const CHAT = "/sessions/s1";

/** What a server says to more words than it takes. */
const tooLong = refusal("invalid_payload", {
  category: "invalid",
  fields: [{ path: "body.text", rule: "length", limit: "..=10" }],
});

/** Writes a message and sends it by Enter. */
function say(stage: Awaited<ReturnType<typeof open>>, text: string) {
  stage.write("Message", text);
  fireEvent.keyDown(screen.getByRole("textbox", { name: "Message" }), { key: "Enter" });
  return stage.pass();
}

test("a message that is sent is there once, and the field is empty", async () => {
  const stage = await open(CHAT);

  await say(stage, "Hello Ben");

  expect(said()).toEqual(["Good morning", "Hello Ben"]);
  expect(screen.getByRole("textbox", { name: "Message" })).toHaveProperty("value", "");
});

test("a message of one's own says how far it has got", async () => {
  const stage = await open(CHAT);
  await say(stage, "Hello Ben");
  expect(screen.getByRole("img", { name: "Sent" })).toBeTruthy();

  await act(async () =>
    stage.server.emit("/chat", "tautline:receipts", {
      room: "session:s1",
      receipts: { ben: { delivered: 2, read: 2 } },
    }),
  );
  await stage.pass();

  expect(screen.getByRole("img", { name: "Read by everyone" })).toBeTruthy();
});

test("what is written without a connection waits, and goes out once it is back", async () => {
  const stage = await open(CHAT);
  stage.server.isReachable = false;
  await act(async () => stage.server.cut());

  await say(stage, "From the tunnel");
  expect(screen.getByRole("article", { name: "Ann, waiting to be sent" }).textContent).toContain(
    "From the tunnel",
  );
  stage.server.isReachable = true;
  await stage.pass(60_000);
  await stage.pass();

  expect(said()).toEqual(["Good morning", "From the tunnel"]);
  expect(screen.queryByRole("article", { name: "Ann, waiting to be sent" })).toBeNull();
});

test("what was refused stays, says why, and is sent again or thrown away", async () => {
  const stage = await open(CHAT, {
    prepare: ({ server }) => server.handle("send_message", () => refuse(tooLong)),
  });

  await say(stage, "Too much");
  const failed = screen.getByRole("article", { name: "Ann, not sent" });
  expect(within(failed).getByRole("alert").textContent).toContain("at most 10 characters");
  await stage.press("Retry");
  expect(screen.getAllByRole("article", { name: "Ann, not sent" })).toHaveLength(1);
  await stage.press("Edit");
  expect(screen.getByRole("textbox", { name: "Message" })).toHaveProperty("value", "Too much");
  await say(stage, "Too much");
  await stage.press("Discard");

  expect(screen.queryByRole("article", { name: "Ann, not sent" })).toBeNull();
});

test("an answer grows while it is written, and may be interrupted", async () => {
  const stopped: unknown[] = [];
  const stage = await open(CHAT, {
    prepare: ({ server, standing }) => {
      standing.streams.push({
        id: "st1",
        name: "answer",
        room: "session:s1",
        number: 1,
        text: "It is",
        payload: { sessionId: "s1", answerId: "a1", agentId: "scribe" },
      });
      server.handle("interrupt_answer", (payload: unknown) => {
        stopped.push(payload);
        return null;
      });
    },
  });

  await act(async () =>
    stage.server.emit("/chat", "tautline:append", {
      room: "session:s1",
      stream: "st1",
      number: 2,
      text: " long",
    }),
  );
  await stage.pass();
  const answer = screen.getByRole("article", { name: "Scribe, is answering" });
  expect(answer.textContent).toContain("It is long");
  await stage.press("Interrupt");

  expect(stopped).toEqual([{ sessionId: "s1", answerId: "a1" }]);
});

test("an answer that has become a message is not shown twice", async () => {
  const stage = await open(CHAT, {
    prepare: ({ standing }) => {
      standing.streams.push({
        id: "st1",
        name: "answer",
        room: "session:s1",
        number: 1,
        text: "Friday",
        payload: { sessionId: "s1", answerId: "a1", agentId: "scribe" },
      });
    },
  });

  await act(async () => {
    const answer = stage.say("scribe", "Friday", { answerId: "a1" });
    stage.tell("tautline:ended", { stream: "st1", name: "answer", outcome: "finished", answer });
  });
  await stage.pass();

  expect(said()).toEqual(["Good morning", "Friday"]);
});

test("an open question is found, and answered here", async () => {
  const answers: unknown[] = [];
  const stage = await open(CHAT, {
    prepare: ({ server, standing }) => {
      standing.questions.push({
        id: "q1",
        name: "approve_tool",
        room: "session:s1",
        expiresAt: 1e15,
        payload: {
          sessionId: "s1",
          agentId: "planner",
          tool: "send_mail",
          summary: "Sends the plan.",
          arguments: {},
        },
      });
      server.handle("tautline:answer", (answer: unknown) => {
        answers.push(answer);
        return null;
      });
    },
  });
  const approval = screen.getByRole("region", { name: "Approval: send_mail" });

  fireEvent.click(within(approval).getByRole("button", { name: "Allow once" }));
  await stage.pass();

  expect(answers).toMatchObject([{ question: "q1", answer: "once" }]);
});

test("a conversation that cannot be entered says why", async () => {
  const problem = refusal("chat.session_not_found", {
    category: "not_found",
    message: "This conversation does not exist.",
  });
  await open("/sessions/elsewhere", {
    prepare: ({ server }) => server.handle("join_chat_session", () => refuse(problem)),
  });

  expect(screen.getByText("This conversation does not exist.")).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toBe("Do something else.");
  expect(screen.queryByRole("textbox", { name: "Message" })).toBeNull();
});

test("a name that is begun is offered, chosen by Enter, and the next Enter sends", async () => {
  const stage = await open(CHAT);
  const field = screen.getByRole("textbox", { name: "Message" });

  stage.write("Message", "Dear @sc");
  await stage.pass();
  expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual(["Scribe"]);
  fireEvent.keyDown(field, { key: "Enter", code: "Enter" });
  await stage.pass();
  expect(field).toHaveProperty("value", "Dear @scribe ");
  fireEvent.keyDown(field, { key: "Enter", code: "Enter" });
  await stage.pass();

  expect(said()).toEqual(["Good morning", "Dear @scribe"]);
});
