// The table of what a client does about a refusal, over the whole stack: a real server refuses the first time and says
// what has become of the command, the real client does what the table says, and the server counts what has run.

import { readFileSync } from "node:fs";
import type { Command, CommandDelivery, Outcome, Problem, RecoveryAction } from "@tautline/client";
import { describe, expect, it } from "vitest";
import { until } from "../../harness/clients.js";
import { ROOT } from "../../harness/paths.js";
import { serverForFile } from "../../harness/server.js";
import { trial } from "../../harness/trial.js";
import {
  type Attempt,
  Recovery,
  type Trouble,
  type TroubleKind,
} from "../../src/generated/index.js";

const server = serverForFile();

interface Case {
  readonly name: string;
  readonly category: Problem["category"];
  readonly action: RecoveryAction;
  readonly moves: Readonly<Record<CommandDelivery, readonly string[]>>;
}

const { cases } = JSON.parse(
  readFileSync(`${ROOT}clients/conformance/cases/recovery.json`, "utf8"),
) as { readonly cases: readonly Case[] };

const OUTCOMES: readonly Outcome[] = ["not_executed", "executed", "unknown"];
const { tryOnce, tryForSure, tryInPassing } = Recovery.commands;
const BY_DELIVERY: Readonly<Record<CommandDelivery, Command<Attempt, unknown, Trouble>>> = {
  volatile: tryInPassing,
  at_most_once: tryOnce,
  idempotent: tryForSure,
};

/** One cell: what the caller is told, what the client has done, and what has run. */
async function cell(
  { category, action }: Case,
  delivery: CommandDelivery,
  outcome: Outcome,
  move: string,
): Promise<void> {
  const { client, trialId, room, told, asked, moves, tried } = await trial(server.url);
  const command = BY_DELIVERY[delivery];
  const trouble = `${category}_${action}` as TroubleKind;

  const result = await client.run(command, { trialId, trouble, refusals: 1, outcome });

  // Nobody waits for the answer of a volatile one: the app hears the refusal beside its calls.
  const problem = delivery === "volatile" ? await told : !result.ok && result.problem;
  if (move === "resync") await until(room, ({ status }) => status === "resynced");
  const { runs, reads } = await tried();
  const isTold = move === "tell" || move === "resync";
  const seen = { problem, moves: moves(command.name), runs, asked: asked.length };
  expect({ ...seen, outcome }).toEqual({
    problem: isTold && expect.objectContaining({ category, outcome }),
    moves: delivery === "volatile" ? [] : [move],
    runs: isTold ? 1 : 2,
    asked: move === "reauthenticate" || move === "reconnect" ? 2 : 1,
    outcome,
  });
  if (!isTold) expect(result).toEqual({ ok: true, value: expect.objectContaining({ runs: 2 }) });
  expect(reads).toBe(move === "resync" || move === "rejoin" ? 2 : 1);
}

describe.each(cases)("$name", (row) => {
  for (const delivery of Object.keys(BY_DELIVERY) as CommandDelivery[]) {
    it(`of a command that is ${delivery}: ${row.moves[delivery].join(", ")}`, async () => {
      const moves = row.moves[delivery];
      expect(moves).toHaveLength(OUTCOMES.length);
      await Promise.all(
        OUTCOMES.map((outcome, at) => cell(row, delivery, outcome, moves[at] ?? "")),
      );
    });
  }
});
