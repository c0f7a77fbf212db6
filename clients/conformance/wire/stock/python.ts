// Drives the stock Python client, through one process that takes orders for all clients of a test file and tells what
// happens to them, a JSON object a line.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { PYTHON, PYTHON_DRIVER } from "../harness/paths.js";
import type { StockDriver } from "./client.js";
import { Inbox } from "./inbox.js";

/** What `driver.py` prints. */
type Told = { readonly client: number } & (
  | { readonly told: "connected" | "lost" | "closed" }
  | { readonly told: "refused"; readonly message: string }
  | { readonly told: "acknowledged"; readonly order: number; readonly answer: unknown[] }
  | { readonly told: "event"; readonly event: string; readonly args: unknown[] }
);

type Driver = ChildProcessByStdio<Writable, Readable, null>;

let driver: Driver | undefined;
const listeners = new Map<number, (told: Told) => void>();
let clients = 0;

/** `python-socketio`, as it comes from PyPI. */
export const python: StockDriver = async (connect) => {
  driver ??= start();
  const { stdin } = driver;
  const client = ++clients;
  const order = (line: object) => void stdin.write(`${JSON.stringify({ client, ...line })}\n`);
  const inbox = new Inbox();
  const answers = new Map<number, (answer: unknown) => void>();
  let orders = 0;
  const lost = signal();
  const closed = signal();

  await new Promise<void>((resolve, reject) => {
    listeners.set(client, (told) => {
      switch (told.told) {
        case "connected":
          return resolve();
        case "refused":
          return reject(new Error(told.message));
        case "lost":
          return lost.give();
        case "closed":
          return closed.give();
        case "acknowledged":
          return answers.get(told.order)?.(unpacked(told.answer[0]));
        case "event":
          return inbox.put(told.event, unpacked(told.args) as unknown[]);
      }
    });
    order({ connect });
  });

  return {
    call(event, ...payload) {
      orders += 1;
      const number = orders;
      return new Promise((resolve) => {
        answers.set(number, resolve);
        order({ emit: event, payload: packed(payload), order: number });
      });
    },
    emit: (event, ...payload) => order({ emit: event, payload: packed(payload) }),
    next: (event) => inbox.next(event),
    arrived: (event) => inbox.arrived(event),
    lost: lost.given,
    async close() {
      if (listeners.has(client)) order({ close: true });
      await closed.given;
      listeners.delete(client);
    },
  };
};

/** A promise in the hand of its maker. */
function signal(): { readonly given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** Ends the process, if a test has started it. */
export async function endPython(): Promise<void> {
  if (!driver) return;
  const gone = once(driver, "exit");
  driver.kill();
  driver = undefined;
  await gone;
}

function start(): Driver {
  const child = spawn(PYTHON, [PYTHON_DRIVER], { stdio: ["pipe", "pipe", "inherit"] });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const told: Told = JSON.parse(line);
    listeners.get(told.client)?.(told);
  });
  return child;
}

/** Replaces bytes by what JSON can hold. */
function packed(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(packed);
  return mapObject(value, packed);
}

/** Replaces what stands for bytes by bytes. */
function unpacked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpacked);
  if (typeof value === "object" && value !== null && "$bytes" in value) {
    return Buffer.from(String(value.$bytes), "base64");
  }
  return mapObject(value, unpacked);
}

function mapObject(value: unknown, map: (entry: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, map(entry)]));
}
