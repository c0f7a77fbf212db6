// What servers and clients agree on about commands that are sent again: the cases that both run.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { judge, type Resent, type Verdict } from "./remembering-server.js";

function cases<Case extends { name: string }>(file: string, check: (it: Case) => void): void {
  const url = new URL(`../../conformance/cases/${file}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(url, "utf8")) as { cases: Case[] };
  describe(file, () => {
    for (const it of cases) test(it.name, () => check(it));
  });
}

interface LedgerCase {
  readonly name: string;
  readonly found: "same" | "other" | null;
  readonly resent?: Resent;
  readonly ledger: string;
  readonly windowMs: number;
  readonly verdict: Verdict;
}

// The server that other tests here rely on decides as the real one does.
cases<LedgerCase>("ledger", ({ found, resent, ledger, windowMs, verdict }) =>
  expect(judge(found, resent, { ledger, windowMs })).toBe(verdict),
);
