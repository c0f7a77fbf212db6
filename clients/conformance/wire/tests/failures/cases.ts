// Failures that a single command provokes, as both clients must hear of them.

import type { Problem } from "@tautline/client";
import { expect } from "vitest";

/** One command that must fail. */
export interface FailureCase {
  readonly name: string;
  readonly namespace: "/echo" | "/faults" | "/tables" | "/work";
  readonly command: string;
  readonly payload: unknown;
  /** What the problem must say. */
  readonly problem: Partial<Problem>;
}

/** A payload of `check` that keeps every rule. */
const kept = { text: "four", number: 0, word: "word", list: [{ title: "one" }], even: 2 };

const broken = (
  name: string,
  change: object,
  field: { path: string; rule: string; limit?: string },
): FailureCase => ({
  name,
  namespace: "/faults",
  command: "check",
  payload: { ...kept, ...change },
  problem: {
    code: "invalid_payload",
    category: "invalid",
    outcome: "not_executed",
    fields: [field],
    recovery: expect.objectContaining({ action: "fix_input" }),
  },
});

const undecodable = (name: string, payload: unknown, path: string): FailureCase => ({
  name,
  namespace: "/faults",
  command: "check",
  payload,
  problem: {
    code: "invalid_payload",
    outcome: "not_executed",
    fields: [expect.objectContaining({ path })],
  },
});

/** Everything that one command can provoke. */
export const CASES: readonly FailureCase[] = [
  undecodable("a field of another type", { ...kept, number: "many" }, "number"),
  undecodable("a number out of its type's range", { ...kept, even: -1 }, "even"),
  undecodable(
    "a field of another type in a list",
    { ...kept, list: [{ title: "" }, { title: 5 }] },
    "list[1].title",
  ),
  undecodable("a payload that is no object", "text", ""),
  undecodable("a missing field", { ...kept, word: undefined }, "word"),
  broken("a text too short", { text: "a" }, { path: "text", rule: "length", limit: "2..=5" }),
  broken(
    "a text too long",
    { text: "🦢".repeat(6) },
    { path: "text", rule: "length", limit: "2..=5" },
  ),
  broken("a number too large", { number: 6 }, { path: "number", rule: "range", limit: "-5..=5" }),
  broken("a number too small", { number: -6 }, { path: "number", rule: "range", limit: "-5..=5" }),
  broken(
    "a text that does not match",
    { word: "Word" },
    { path: "word", rule: "pattern", limit: "^[a-z]+$" },
  ),
  broken(
    "a list too long",
    { list: Array(4).fill({ title: "x" }) },
    { path: "list", rule: "items", limit: "..=3" },
  ),
  broken(
    "a rule within a list",
    { list: [{ title: "a" }, { title: "" }] },
    { path: "list[1].title", rule: "length", limit: "1.." },
  ),
  broken("a rule of the contract's own", { even: 3 }, { path: "even", rule: "even" }),
  {
    name: "every broken rule at once",
    namespace: "/faults",
    command: "check",
    payload: { text: "", number: 9, word: "", list: [], even: 1 },
    problem: {
      code: "invalid_payload",
      fields: ["text", "number", "word", "even"].map((path) => expect.objectContaining({ path })),
    },
  },
  {
    name: "a payload over its event's limit",
    namespace: "/faults",
    command: "weigh_small",
    payload: { text: "x".repeat(1_100) },
    problem: { code: "payload_too_large", category: "invalid", outcome: "not_executed" },
  },
  {
    name: "a guest where a name is wanted",
    namespace: "/faults",
    command: "members_only",
    payload: {},
    problem: { code: "unauthenticated", category: "unauthenticated", outcome: "not_executed" },
  },
  {
    name: "a refusal with fields",
    namespace: "/faults",
    command: "refuse",
    payload: { refusal: "missing" },
    problem: { code: "fault.missing", params: { thing: "key", number: 7 } },
  },
  {
    name: "a command for a room in which the caller is not",
    namespace: "/work",
    command: "put_piece",
    payload: { deskId: "somebody-else's", number: 1 },
    problem: { code: "not_joined", category: "conflict", outcome: "not_executed" },
  },
  {
    name: "a room that turns the caller away",
    namespace: "/tables",
    command: "join_table",
    payload: { tableId: "closed-9" },
    problem: { code: "table.closed", category: "permission_denied", outcome: "not_executed" },
  },
];
