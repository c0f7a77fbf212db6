// Drives the JavaScript clients of one run: orders come as an argument, what the clients see goes out as
// lines of JSON, and `calm` on the input says that the faults are over. Ends with its input.

import { createInterface } from "node:readline";
import type { Actor, Order } from "./actor.js";
import { ours } from "./ours.js";
import { stock } from "./stock.js";

const { clients } = JSON.parse(process.argv[2] ?? "{}") as { clients: readonly Order[] };
const kinds = { ours, stock };

const actors: Actor[] = clients.map((order) => kinds[order.kind](order));
createInterface({ input: process.stdin })
  .on("line", (line) => {
    if (line === "calm") for (const actor of actors) actor.calm();
  })
  .on("close", () => process.exit(0));
