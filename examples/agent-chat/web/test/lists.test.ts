// The lists that the page makes of what it knows.

import type { OutboxEntry } from "@tautline/react";
import { describe, expect, test } from "vitest";
import { fieldWords } from "../src/problems/field-problems.js";
import { messageStatus, readersOf } from "../src/state/message-status.js";
import { outgoingOf } from "../src/state/outgoing.js";
import { touched, withSession } from "../src/state/session-list.js";
import { joined, rowsOf } from "../src/state/timeline.js";
import { unreadCount } from "../src/state/unread.js";
import { withTask } from "../src/state/work-states.js";
import { message, refusal, task } from "./world.js";

const minute = (of: number) => new Date(Date.UTC(2026, 2, 2, 9, of)).toISOString();
const said = (id: string, author: string, at: number, more = {}) =>
  message(id, author, id, { createdAt: minute(at), ...more });

describe("the timeline", () => {
  test("groups what one person says within five minutes", () => {
    const rows = rowsOf([said("a", "ann", 0), said("b", "ann", 2), said("c", "ann", 8)]);

    const following = rows.flatMap((row) => (row.type === "message" ? [row.isFollowing] : []));
    expect(following).toEqual([false, true, false]);
  });

  test("begins a new group after somebody else, and for an answer", () => {
    const rows = rowsOf([
      said("a", "ann", 0),
      said("b", "ben", 1),
      said("c", "ben", 1, { replyTo: "a" }),
    ]);

    expect(rows.some((row) => row.type === "message" && row.isFollowing)).toBe(false);
  });

  test("says each day once", () => {
    const days = rowsOf([
      said("a", "ann", 0),
      said("b", "ann", 60 * 24),
      said("c", "ben", 60 * 24),
    ]);

    expect(days.filter(({ type }) => type === "day")).toHaveLength(2);
  });

  test("leaves what is in a thread to the thread", () => {
    const rows = rowsOf([said("a", "ann", 0), said("b", "ben", 1, { thread: "a" })]);

    expect(rows.map(({ key }) => key)).toContain("a");
    expect(rows.map(({ key }) => key)).not.toContain("b");
  });

  test("shows a message once that is in a page of history as well", () => {
    const newer = [said("b", "ann", 1, { revision: 2 })];

    const all = joined([said("a", "ann", 0), said("b", "ann", 1)], newer);

    expect(all.map(({ messageId, revision }) => [messageId, revision])).toEqual([
      ["a", 0],
      ["b", 2],
    ]);
  });
});

describe("what is on its way", () => {
  const entry = (id: string, more: Partial<OutboxEntry> = {}): OutboxEntry => ({
    id,
    namespace: "/chat",
    name: "send_message",
    payload: { sessionId: "s1", body: { type: "text", text: id } },
    queuedAt: 2,
    expiresAt: 1e15,
    attempts: 0,
    status: "queued",
    isDurable: true,
    ...more,
  });

  test("says where each message stands", () => {
    const problem = refusal("chat.session_archived");
    const all = outgoingOf(
      "s1",
      [
        entry("new"),
        entry("first try", { status: "sent", attempts: 1 }),
        entry("second try", { status: "sent", attempts: 2 }),
        entry("cut off", { attempts: 1 }),
        entry("refused", { status: "failed", problem }),
      ],
      [],
    );

    expect(all.map(({ id, status }) => `${id}: ${status}`)).toEqual([
      "new: pending",
      "first try: pending",
      "second try: retrying",
      "cut off: retrying",
      "refused: failed",
    ]);
  });

  test("is of this conversation, is a message, and has not arrived", () => {
    const elsewhere = entry("elsewhere", { payload: { sessionId: "s2", body: {} } });
    const other = entry("another command", { name: "edit_message" });

    const all = outgoingOf("s1", [elsewhere, other, entry("arrived")], [], { arrived: "m9" });

    expect(all).toEqual([]);
  });

  test("is in the order in which it was written, what was refused included", () => {
    const failure = {
      id: "refused-1",
      message: { sessionId: "s1", body: { type: "text" as const, text: "no" } },
      problem: refusal("chat.not_a_member"),
      writtenAt: 1,
    };

    const all = outgoingOf("s1", [entry("later")], [failure]);

    expect(all.map(({ id, isQueued }) => [id, isQueued])).toEqual([
      ["refused-1", false],
      ["later", true],
    ]);
  });
});

describe("the status of a message", () => {
  const mine = message("m1", "ann", "Hello", { seq: 5 });

  test.for([
    [{}, "sent"],
    [{ ben: { delivered: 5, read: 4 } }, "sent"],
    [{ ben: { delivered: 5, read: 4 }, carl: { delivered: 6, read: 0 } }, "delivered"],
    [{ ben: { delivered: 9, read: 5 }, carl: { delivered: 6, read: 6 } }, "read"],
  ] as const)("with the receipts %j it is %s", ([receipts, status]) => {
    expect(messageStatus(mine, ["ann", "ben", "carl"], receipts)).toBe(status);
  });

  test("never goes back behind what the server said", () => {
    expect(messageStatus({ ...mine, status: "read" }, ["ann", "ben"], {})).toBe("read");
  });

  test("is judged by people, and by agents where there are none", () => {
    const isAgent = (it: string) => it === "scribe";

    expect(readersOf(["ann", "ben", "scribe"], isAgent)).toEqual(["ann", "ben"]);
    expect(readersOf(["scribe"], isAgent)).toEqual(["scribe"]);
  });
});

test("unread is what others wrote behind the mark, outside of threads", () => {
  const messages = [
    message("read", "ben", "", { seq: 4 }),
    message("unread", "ben", "", { seq: 6 }),
    message("own", "ann", "", { seq: 7 }),
    message("in a thread", "ben", "", { seq: 8, thread: "read" }),
  ];

  expect(unreadCount(messages, { delivered: 9, read: 5 }, "ann")).toBe(1);
  expect(unreadCount(messages, undefined, "ann")).toBe(0);
});

test("a conversation that something was said in comes first, and one that was left goes", () => {
  const session = (sessionId: string, at: number, members = ["ann"]) => ({
    sessionId,
    title: sessionId,
    members,
    createdAt: minute(0),
    activeAt: minute(at),
  });
  const sessions = [session("new", 5), session("old", 1)];

  const after = touched(sessions, { ...said("m", "ben", 9), sessionId: "old" });
  const left = withSession(after, session("new", 5, ["ben"]), "ann");

  expect(after.map(({ sessionId }) => sessionId)).toEqual(["old", "new"]);
  expect(left.map(({ sessionId }) => sessionId)).toEqual(["old"]);
});

test("a task that goes on moves from one count to another", () => {
  const counts = { pending: 1, inProgress: 0, completed: 3, failed: 0, cancelled: 0 };
  const before = { tasks: [task("t1")], counts };

  const begun = withTask(before, task("t1", { status: "in_progress" }));
  const made = withTask(begun, task("t2"));

  expect(begun.counts).toMatchObject({ pending: 0, inProgress: 1, completed: 3 });
  expect(made.counts).toMatchObject({ pending: 1, inProgress: 1 });
  expect(made.tasks.map(({ taskId }) => taskId)).toEqual(["t2", "t1"]);
});

test("a broken rule is said at its field, and any other in full", () => {
  const problem = refusal("invalid_payload", {
    fields: [
      { path: "title", rule: "length", limit: "1..=120" },
      { path: "members[2]", rule: "length", limit: "1..=120" },
      { path: "owner", rule: "required" },
    ],
  });

  const { fields, rest } = fieldWords(problem, { title: "title", members: "people" });

  expect(fields).toEqual({
    title: "This must be 1 to 120 characters long.",
    people: "This must be 1 to 120 characters long.",
  });
  expect(rest).toEqual(["owner: is needed"]);
});
