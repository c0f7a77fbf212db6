// Help that only developers see: log lines in the console, a word about a second client, and a loud one about
// a page and a server that were built from different states of the contract.

import type { Client } from "./api.js";
import type { AnyJoinable, ContractDescriptor } from "./descriptors.js";
import type { Logger } from "./logger.js";
import type { Problem } from "./problem.js";
import type { Welcome } from "./wire.js";

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What the client does in development beyond its work. */
export interface Development {
  readonly log: Logger;
  /** Says so when another client of the same URL is connected: one per app is meant. */
  warnOfSecondClient(client: Client, log: Logger): void;
  /** Says so, once, when a room is used for something that its contract does not give it. */
  expect(room: AnyJoinable, fact: RoomFact, log: Logger): void;
  /** Says so, once for each state, when the server knows another state of the contract. */
  compare(own: ContractDescriptor, server: Welcome["contract"], log: Logger): void;
  /** Says so when the server refuses this state of the contract. */
  refused(own: ContractDescriptor, problem: Problem, log: Logger): void;
}

/** What a room may have beside its events. */
export type RoomFact = "presence" | "receipts";

/** Help in development, nothing in production. */
export function developmentHelp(): Development {
  let help: Development = {
    log: () => {},
    warnOfSecondClient: () => {},
    expect: () => {},
    compare: () => {},
    refused: () => {},
  };
  try {
    // Bundlers put a literal here and leave out what it rules out.
    if (process.env.NODE_ENV !== "production") {
      help = {
        log: writeToConsole,
        warnOfSecondClient,
        expect: warnOfMissingFact,
        compare: warnOfSkew,
        refused: warnOfRefusal,
      };
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

/** The pairs of states that were spoken of. */
const compared = /* @__PURE__ */ new Set<string>();

function warnOfSkew(own: ContractDescriptor, server: Welcome["contract"], log: Logger): void {
  const pair = `${own.hash} ${server.hash}`;
  if (own.hash === server.hash || compared.has(pair)) return;
  compared.add(pair);
  log(
    "warn",
    `this page was built from another state of "${own.name}" than the server (${state(own)} here, ${state(server)} there): run \`cargo contract -p <the contract's crate> write\`, then build the page and the server anew`,
    { own: own.hash, server: server.hash },
  );
}

function warnOfRefusal(own: ContractDescriptor, problem: Problem, log: Logger): void {
  if (problem.code !== "upgrade_client") return;
  log(
    "error",
    `the server refuses "${own.name}" as this page knows it (${state(own)}): run \`cargo contract -p <the contract's crate> write\` and build the page anew; \`cargo contract -p <the contract's crate> diff <the lock or revision of this page>\` says what has changed`,
    { own: own.hash, traceId: problem.traceId },
  );
}

function state({ version, hash }: { readonly version: string; readonly hash: string }): string {
  return `version ${version}, ${hash.slice(0, 8)}`;
}
