// Help that only developers see: log lines in the console, and a word about a second client.

import type { Client } from "./api.js";
import type { Logger } from "./logger.js";

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What the client does in development beyond its work. */
export interface Development {
  readonly log: Logger;
  /** Says so when another client of the same URL is connected: one per app is meant. */
  warnOfSecondClient(client: Client, log: Logger): void;
}

/** Help in development, nothing in production. */
export function developmentHelp(): Development {
  let help: Development = { log: () => {}, warnOfSecondClient: () => {} };
  try {
    // Bundlers put a literal here and leave out what it rules out.
    if (process.env.NODE_ENV !== "production") help = { log: writeToConsole, warnOfSecondClient };
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
