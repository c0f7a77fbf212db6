// What a page carries: the files behind each door of the package.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The files that a door brings with it, types aside. */
function behind(door: string): Set<string> {
  const files = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const text = readFileSync(new URL(`../src/${file}.ts`, import.meta.url), "utf8");
    const imports = text.matchAll(/^(?:import|export) \{[^}]*\} from "\.\/([^"]+)\.js"/gm);
    for (const [, imported = ""] of imports) visit(imported);
  };
  visit(door);
  return files;
}

test("a page whose outbox is in memory carries nothing of the one on disk", () => {
  const page = behind("index");
  const disk = [...behind("indexeddb")].filter((file) => !page.has(file)).sort();

  expect(disk).toEqual([
    "indexeddb",
    "indexeddb-database",
    "indexeddb-outbox",
    "indexeddb-rows",
    "outbox-keeping",
    "returned-entry",
    "tab-lives",
    "token-subject",
    "write-groups",
  ]);
});

test("what is not named in the door of the outbox on disk is not importable", async () => {
  expect(Object.keys(await import("../src/indexeddb.js"))).toEqual(["indexedDbOutbox"]);
});
