// Drives the stock Python client, through a process that takes orders and tells what happens, a JSON object a line.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { PYTHON } from "../harness/paths.js";
import { Inbox, type StockDriver } from "./client.js";

/** What `client.py` prints. */
type Told =
  | { readonly told: "connected" }
  | { readonly told: "refused"; readonly message: string }
  | { readonly told: "acknowledged"; readonly order: number; readonly answer: unknown }
  | { readonly told: "event"; readonly event: string; readonly args: unknown[] };

/** `python-socketio`, as it comes from PyPI. */
export const python: StockDriver = async (connect) => {
  const script = fileURLToPath(new URL("client.py", import.meta.url));
  const child = spawn(PYTHON, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const order = (line: object) => void child.stdin.write(`${JSON.stringify(line)}\n`);
  const inbox = new Inbox();
  const answers = new Map<number, (answer: unknown) => void>();
  let orders = 0;

  const connected = new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error("the Python client ended before it was connected")));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const told: Told = JSON.parse(line);
      switch (told.told) {
        case "connected":
          return resolve();
        case "refused":
          return reject(new Error(told.message));
        case "acknowledged":
          return answers.get(told.order)?.(told.answer);
        case "event":
          return inbox.put(told.event, told.args);
      }
    });
  });
  order(connect);
  await connected;

  return {
    call: (event, ...payload) => {
      orders += 1;
      order({ emit: event, payload, order: orders });
      return new Promise((resolve) => answers.set(orders, resolve));
    },
    emit: (event, ...payload) => order({ emit: event, payload }),
    next: (event) => inbox.next(event),
    close: async () => {
      const gone = once(child, "exit");
      child.stdin.end();
      await gone;
    },
  };
};
