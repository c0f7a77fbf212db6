// A command as it lies in the database: whose it is, and whether what is read there can be used.

import type { KeptCommand, KnownGuest } from "./outbox-storage.js";

/** A row of the database. */
export interface Row {
  /** The client that it belongs to, and that alone sends it. */
  readonly owner: string;
  /** The guest who wrote it. */
  readonly guest?: KnownGuest;
  readonly command: KeptCommand;
}

/** What is to be done with a row that a dead client has left. */
export type Verdict = "ours" | "another's" | "unowned" | "damaged" | "stale";

/** Who a row says that it belongs to. */
export function ownerOf(row: unknown): string {
  const { owner } = (row ?? {}) as Partial<Row>;
  return typeof owner === "string" ? owner : "";
}

/** What a row is to this person. */
export function judgeRow(
  row: unknown,
  subjects: readonly (string | undefined)[],
  world: { readonly now: number; readonly maxAgeMs: number },
): Verdict {
  if (!isRow(row)) return "damaged";
  const { command } = row;
  if (command.subject === undefined) return "unowned";
  const isOurs = subjects.includes(command.subject);
  // A failure that was told is kept for a while; what was not told, until its writer had their chance.
  const isStale =
    isOurs && command.problem === undefined
      ? false
      : world.now > (isOurs ? command.queuedAt : command.expiresAt) + world.maxAgeMs;
  if (isStale) return "stale";
  return isOurs ? "ours" : "another's";
}

function isRow(row: unknown): row is Row {
  if (ownerOf(row) === "") return false;
  const { command } = row as { readonly command?: unknown };
  if (typeof command !== "object" || command === null || !("payload" in command)) return false;
  const { id, namespace, name, contract, bytes, queuedAt, expiresAt, subject, sent } =
    command as Partial<KeptCommand>;
  return (
    [id, namespace, name, contract].every((it) => typeof it === "string") &&
    [bytes, queuedAt, expiresAt].every(Number.isFinite) &&
    (subject === undefined || typeof subject === "string") &&
    (sent === undefined || (Number.isFinite(sent?.at) && typeof sent?.ledger === "string"))
  );
}
