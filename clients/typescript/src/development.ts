// Help that only developers see: log lines in the console, and a word about a second client.

import type { Client } from "./api.js";
import type { AnyJoinable } from "./descriptors.js";
import type { Logger } from "./logger.js";

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What the client does in development beyond its work. */
export interface Development {
  readonly log: Logger;
  /** Says so when another client of the same URL is connected: one per app is meant. */
  warnOfSecondClient(client: Client, log: Logger): void;
  /** Says so, once, when a room is used for something that its contract does not give it. */
  expect(room: AnyJoinable, fact: RoomFact, log: Logger): void;
}

/** What a room may have beside its events. */
export type RoomFact = "presence" | "receipts";

/** Help in development, nothing in production. */
export function developmentHelp(): Development {
  let help: Development = { log: () => {}, warnOfSecondClient: () => {}, expect: () => {} };
  try {
    // Bundlers put a literal here and leave out what it rules out.
    if (process.env.NODE_ENV !== "production") {
      help = { log: writeToConsole, warnOfSecondClient, expect: warnOfMissingFact };
    }
  } catch {
    // A browser without a bundler has no `process`: it is not in development.
  }
  return help;
}

const writeToConsole: Logger = (level, message, facts) => {
  // biome-ignore lint/suspicious/noConsole: the one place that may, and only in development.
  console[level](`tautline: ${message}`, facts);
};

/** The clients that asked for a connection, by URL. */
const clients = /* @__PURE__ */ new Map<string, Set<WeakRef<Client>>>();

function warnOfSecondClient(client: Client, log: Logger): void {
  const known = clients.get(client.url) ?? new Set();
  clients.set(client.url, known);
  const others = [...known].map((ref) => ref.deref());
  if (others.includes(client)) return; // A reconnect: it was said the first time.
  known.add(new WeakRef(client));
  const isSecond = others.some((other) => {
    const status = other?.connection.getSnapshot().status ?? "idle";
    return status !== "idle" && status !== "disconnected" && status !== "failed";
  });
  if (!isSecond) return;
  log(
    "warn",
    `a second client for "${client.url}" connects: call \`createClient\` once, at the top of a module, and share it`,
    { url: client.url },
  );
}

/** What was said of each room. */
const missing = /* @__PURE__ */ new WeakMap<AnyJoinable, Set<RoomFact>>();

function warnOfMissingFact(room: AnyJoinable, fact: RoomFact, log: Logger): void {
  if (room[fact]) return;
  const said = missing.get(room) ?? new Set();
  missing.set(room, said);
  if (said.has(fact)) return;
  said.add(fact);
  const key = fact === "receipts" ? "receipts" : "presence = …";
  log(
    "warn",
    `room "${room.pattern}" has no ${fact}: add \`${key}\` to its \`#[room(…)]\` and generate the contract anew`,
    { room: room.pattern, namespace: room.namespace },
  );
}
