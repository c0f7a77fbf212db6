// The table of all attacks, row by row, among the artifacts.

import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { ROOT } from "../../harness/paths.js";

const FOLDER = `${ROOT}artifacts`;
const FILE = `${FOLDER}/attacks.md`;
const HEAD = [
  "attack",
  "how it ends",
  "users answered",
  "p99 before",
  "p99 meanwhile",
  "memory (bound)",
];

/** Begins the table anew. */
export function beginReport(): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(FILE, `${line(HEAD)}${line(HEAD.map(() => "---"))}`);
}

/** Adds a row, and prints it. */
export function addToReport(cells: readonly string[]): void {
  appendFileSync(FILE, line(cells));
  process.stdout.write(line(cells));
}

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
