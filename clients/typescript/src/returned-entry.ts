// Commands that an earlier life of the page has left behind, as commands of this life and this build.

import { type AnyTyped, type Entry, type EntryFacts, newEntry } from "./command-entry.js";
import { type CommandState, newCommandState } from "./command-state.js";
import type { AnyJoinable, ContractDescriptor } from "./descriptors.js";
import { localProblem } from "./local-problems.js";
import type { KeptCommand } from "./outbox-storage.js";

/** What this build knows under a command's name. */
export function descriptorOf(
  contract: ContractDescriptor,
  { namespace, name }: Pick<KeptCommand, "namespace" | "name">,
): AnyTyped | undefined {
  const commands = partsOf(contract, namespace)?.commands ?? {};
  return Object.values(commands).find((it) => it.name === name) as AnyTyped | undefined;
}

/**
 * Makes an entry of a command that an earlier life kept. `command` is what this build knows under its
 * name. An older build's command is sent if this one still has it as an idempotent command whose room
 * and lane its payload names: the server checks the payload, and has the last word. Otherwise the
 * entry has failed.
 */
export function returnedEntry(
  row: KeptCommand,
  command: AnyTyped | undefined,
  world: { readonly wall: number; readonly now: number; readonly ageMs: number },
): Entry {
  const { id, payload, bytes, contract, queuedAt, inRoom } = row;
  const facts = { id, payload, bytes, contract, queuedAt, inRoom, startedAt: world.now };
  let entry: Entry | undefined;
  try {
    if (command?.ack && command.delivery === "idempotent") {
      command.room?.(payload);
      entry = { ...newEntry(command, { ...facts, ageMs: world.ageMs }), mayQueue: true };
    }
  } catch {
    // Its payload lacks what this build's lanes are made of.
  }
  const problem =
    row.problem ??
    (entry ? undefined : localProblem("entry_unusable", { params: { reason: "outdated" } }));
  entry ??= unknownEntry(row, facts);
  const { lifetimeMs } = entry;
  const state: CommandState = {
    ...newCommandState(Math.min(row.expiresAt, world.wall + lifetimeMs)),
    // It may have been sent, and nobody has heard an answer.
    ...(row.sent && { first: row.sent, unanswered: 1 }),
    ...(row.subject !== undefined && { subject: row.subject }),
    ...(problem && { problem }),
    keeping: row.sent ? "marked" : "stored",
  };
  return { ...entry, state };
}

/** How a room is entered in which a command was written, and with what. */
export function roomOf(
  contract: ContractDescriptor,
  { namespace, room }: AnyTyped,
  payload: unknown,
): { readonly room: AnyJoinable; readonly params: unknown } | undefined {
  const name = room?.(payload);
  for (const it of Object.values(partsOf(contract, namespace)?.rooms ?? {})) {
    const params = paramsOf(it, payload);
    if (it.name(params as never) === name) return { room: it, params };
  }
  return undefined;
}

/** A room takes its parameters from the payload's fields of the same names. */
function paramsOf({ pattern }: AnyJoinable, payload: unknown): Record<string, unknown> {
  const fields = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, field = ""]) =>
    field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
  );
  return Object.fromEntries(
    fields.map((field) => [field, (payload as Record<string, unknown>)[field]]),
  );
}

function partsOf({ namespaces }: ContractDescriptor, namespace: string) {
  return Object.values(namespaces).find(({ path }) => path === namespace);
}

/** One that this build knows nothing of, for people to look at. */
function unknownEntry(row: KeptCommand, facts: Omit<EntryFacts, "ageMs">): Entry {
  return {
    ...facts,
    namespace: row.namespace,
    name: row.name,
    delivery: "idempotent",
    mayQueue: true,
    lane: null,
    maxBytes: undefined,
    timeoutMs: 0,
    resendMs: 0,
    lifetimeMs: Number.POSITIVE_INFINITY,
    state: newCommandState(),
  };
}
