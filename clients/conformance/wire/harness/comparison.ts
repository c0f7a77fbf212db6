// What stock Socket.IO did and what we did, beside each other: printed, and kept as a table among the artifacts.

import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll } from "vitest";
import { ROOT } from "./paths.js";

/** A table that is filled by the tests of a file. */
export interface Comparison {
  row(what: string, row: { readonly stock: string; readonly ours: string }): void;
}

/** Makes one; when the tests of the file are over it is written to `artifacts/<name>.md`. */
export function comparison(name: string): Comparison {
  const rows: (readonly string[])[] = [];

  afterAll(() => {
    const lines = [["", "stock Socket.IO 4.8.4", "ours"], ["---", "---", "---"], ...rows];
    const table = lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
    mkdirSync(`${ROOT}artifacts`, { recursive: true });
    writeFileSync(`${ROOT}artifacts/${name}.md`, `${table}\n`);
    process.stdout.write(`\n${table}\n\n`);
  });

  return {
    row: (what, { stock, ours }) => void rows.push([what, stock, ours]),
  };
}
