// Help that only developers see: log lines in the console, and a word about a second client.

import type { Client } from "./api.js";
import type { Logger } from "./logger.js";

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Whether this is a development build. */
export function isDevelopment(): boolean {
  try {
    // Bundlers put a literal here. Without one there is no `process` in a browser.
    return process.env.NODE_ENV !== "production";
  } catch {
    return false;
  }
}

/** Writes to the console in development, nowhere in production. */
export function developmentLogger(): Logger {
  if (!isDevelopment()) return () => {};
  return (level, message, facts) => {
    // biome-ignore lint/suspicious/noConsole: the one place that may, and only in development.
    console[level](`tautline: ${message}`, facts);
  };
}

/** The clients that asked for a connection, by URL. Only filled in development. */
const clients = new Map<string, Set<WeakRef<Client>>>();

/** Says so when another client of the same URL is connected: one per app is meant. */
export function warnOfSecondClient(client: Client, log: Logger): void {
  if (!isDevelopment()) return;
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
