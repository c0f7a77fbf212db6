// A page and a server that were built from different states of the contract: what a developer reads.

import { expect, test } from "vitest";
import { contract } from "./board.js";
import { stage } from "./stage.js";

function problem(code: string) {
  const recovery = { action: code, hint: "" };
  const words = { category: "protocol", severity: "error", message: "no", traceId: "trace-1" };
  return { code, ...words, recovery, outcome: "not_executed" } as never;
}

test("a server of another state is pointed out once, with the command that mends it", async () => {
  const { server, lines, connected, pass } = stage();
  server.welcome = { contract: { name: contract.name, version: "9.9.9", hash: "0123456789" } };

  await connected();
  server.cut();
  await pass(60_000);

  const told = lines.filter(({ message }) => message.includes("another state of"));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ level: "warn", facts: { server: "0123456789" } });
  expect(told[0]?.message).toContain("cargo contract -p <the contract's crate> write");
  expect(told[0]?.message).toContain("version 9.9.9, 01234567 there");
});

test("a server of the same state is not worth a word", async () => {
  const { lines, connected } = stage();

  await connected();

  expect(lines.filter(({ level }) => level === "warn")).toEqual([]);
});

test("a refusal of this state says loudly how to find out what has changed", async () => {
  const { server, lines, connected } = stage();
  server.onConnect = () => problem("upgrade_client");

  await connected();

  const [told] = lines.filter(({ level }) => level === "error");
  expect(told?.message).toContain("the server refuses");
  expect(told?.message).toContain("cargo contract -p <the contract's crate> diff");
  expect(told?.facts).toMatchObject({ own: contract.hash, traceId: "trace-1" });
});

test("another refusal is no matter of states", async () => {
  const { server, lines, connected } = stage();
  server.onConnect = () => problem("give_up");

  await connected();

  expect(lines.filter(({ level }) => level === "error")).toEqual([]);
});
