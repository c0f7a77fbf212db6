// The door to an outbox that survives a reload: `@tautline/client/indexeddb`. A page that does not
// import it carries nothing of it.

import { openIndexedDbOutbox } from "./indexeddb-outbox.js";
import type { DurableOutbox } from "./outbox-durable.js";
import { keptIn } from "./outbox-keeping.js";

/** How an outbox is kept in IndexedDB. */
export interface IndexedDbOutboxOptions {
  /**
   * The database's name. Clients of one name share what they keep. Absent: one database for each
   * contract and URL.
   */
  readonly name?: string;
  /**
   * Who uses the app, in the words of the server's `welcome.subject`, if the app knows it by itself:
   * what waits is then shown, and what is written then is theirs, before there is a connection. Absent:
   * whom the token names as its `sub`, if it can be read.
   */
  readonly subject?: () => string | undefined;
}

/**
 * Keeps the outbox in IndexedDB, for `createClient({ outbox })`. Nothing is opened before the client
 * connects or queues a command.
 *
 * Needs Web Locks, by which tabs know who of them is alive, and thus a secure context. Where they or
 * IndexedDB are missing, `client.onProblem` hears `outbox_unavailable`, and the outbox is in memory.
 */
export function indexedDbOutbox(options: IndexedDbOutboxOptions = {}): DurableOutbox {
  const { name, subject } = options;
  return keptIn({ open: (host) => openIndexedDbOutbox(name ?? host.name, host) }, subject);
}

export type { DurableOutbox } from "./outbox-durable.js";
