// What our client does by itself about what a real server refuses, and what it leaves to the app.

import type { Client, RecoveryStep } from "@tautline/client";
import { speak } from "@tautline/client/words";
import { expect, it } from "vitest";
import { ours } from "../../harness/clients.js";
import { serverForFile } from "../../harness/server.js";
import { sign } from "../../harness/token.js";
import { Faults } from "../../src/generated/index.js";

const server = serverForFile();

function movesOf(client: Client): string[] {
  const moves: string[] = [];
  client.onRecovery(({ move, event }: RecoveryStep) => moves.push(`${event ?? "link"} ${move}`));
  return moves;
}

it.each([
  ["missing", "faults.missing", ["refuse tell"]],
  ["broken", "faults.broken", ["refuse tell"]],
  ["undeclared", "internal", ["refuse tell"]],
] as const)(
  "a refusal of the kind `%s` ends as `%s`, after what it asks for",
  async (refusal, code, moves) => {
    const client = ours(server.url, { auth: () => sign({ sub: "alice" }) });
    const made = movesOf(client);
    client.connect();

    const result = await client.run(Faults.commands.refuse, { refusal });

    expect(result).toMatchObject({ ok: false, problem: { outcome: "not_executed" } });
    expect(result.ok === false && result.problem.code).toContain(code.split(".").at(-1));
    expect(made).toEqual(moves);
  },
);

it("a call that wants no help is told at once", async () => {
  const client = ours(server.url, { auth: () => sign({ sub: "alice" }) });
  const made = movesOf(client);
  client.connect();

  const result = await client.run(Faults.commands.refuse, { refusal: "busy" }, { recover: false });

  expect([result.ok, made]).toEqual([false, []]);
});

it("a problem with parameters is said in another language", async () => {
  const client = ours(server.url, { auth: () => sign({ sub: "alice" }) });
  client.connect();

  const result = await client.run(Faults.commands.refuse, { refusal: "missing" });

  if (result.ok) return expect.unreachable("not refused");
  const german = { [result.problem.code]: { message: "{thing} Nummer {number} fehlt." } };
  expect(speak(result.problem, german).message).toBe("key Nummer 7 fehlt.");
});
