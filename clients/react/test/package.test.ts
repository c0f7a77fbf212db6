// @vitest-environment node

// What is published: the files that the build wrote.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const dist = fileURLToPath(new URL("../dist", import.meta.url));

test("every published file that uses React keeps its `use client` as the first statement", () => {
  expect(existsSync(dist), "build first: npm run build --workspace @tautline/react").toBe(true);
  const files = readdirSync(dist).filter((file) => file.endsWith(".js"));
  const sources = new Map(files.map((file) => [file, readFileSync(`${dist}/${file}`, "utf8")]));

  const usingReact = files.filter((file) => /from "react/.test(sources.get(file) ?? ""));
  const unmarked = usingReact.filter((file) => !sources.get(file)?.startsWith('"use client";'));

  expect(usingReact).toContain("socket-provider.js");
  expect(usingReact).toContain("use-command.js");
  expect(unmarked).toEqual([]);
});

test("what is not named in the door is not importable, and the client's door is a part of it", async () => {
  const door: object = await import("../src/index.js");
  const client: object = await import("@tautline/client");

  const own = Object.keys(door).filter((name) => !(name in client));
  expect(Object.keys(door)).toEqual(expect.arrayContaining(Object.keys(client)));
  expect(own.sort()).toEqual([
    "SocketProvider",
    "useClient",
    "useCommand",
    "useConnection",
    "useEvent",
    "useLostConnection",
    "useOutbox",
    "usePresence",
    "usePresent",
    "useQuestion",
    "useRead",
    "useReceipts",
    "useRoom",
    "useRoomState",
    "useStream",
    "useStreams",
  ]);
});
