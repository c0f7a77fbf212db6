// An app at a keyboard: it asks for things at random times, enters rooms and leaves them, and says
// goodbye when the faults are over. What carries it out, and what it sees, is its client's affair.

import { createDice, type Dice } from "./dice.js";
import { type Asked, writer } from "./history.js";

/** What a client of a run is told at its start. */
export interface Order {
  readonly kind: "ours" | "stock";
  readonly name: string;
  readonly url: string;
  readonly rooms: readonly string[];
  /** How many commands it asks for. */
  readonly commands: number;
  /** The time between two things that it does, at most. */
  readonly paceMs: number;
  /** How long it lets a handler take, at most. */
  readonly pauseMs: number;
  readonly seed: number;
}

/** What an app can do with its client. */
export interface Hands {
  /** Asks for a command; done when the app was told how it ended. */
  run(asked: Asked): Promise<void>;
  enter(room: string): void;
  leave(room: string): void;
  /** The page is loaded anew. */
  reload(): void;
}

/** A client that takes part. */
export interface Actor {
  calm(): void;
}

/** Begins to do things. */
export function act(order: Order, make: (dice: Dice) => Hands): Actor {
  const { name, rooms, paceMs, pauseMs } = order;
  const dice = createDice(order.seed);
  const hands = make(dice);
  const history = writer(name);
  const running = new Set<Promise<void>>();
  let left = order.commands;
  let count = 0;
  let timer: NodeJS.Timeout | undefined;

  function ask(room: string, command: Asked["command"], ending: Asked["ending"], pauseMs: number) {
    count += 1;
    const isSlip = room.startsWith("slip:");
    const asked: Asked = {
      mark: `${name}-${count}`,
      room,
      command: isSlip ? "jot" : command,
      ending: isSlip ? "kept" : ending,
      pauseMs,
    };
    const run = hands.run(asked).finally(() => running.delete(run));
    running.add(run);
  }

  function something() {
    const room = dice.pick(rooms);
    const what = dice.below(100);
    if (what < 2) hands.reload();
    else if (what < 5) hands.leave(room);
    else if (what < 20) hands.enter(room);
    else if (left > 0) {
      left -= 1;
      const commands = ["note", "note", "note", "remark", "say", "say", "drop_in"] as const;
      const endings = ["refused", "refused_in_step", "failed"] as const;
      const ending = dice.below(20) < 3 ? dice.pick(endings) : "kept";
      ask(room, dice.pick(commands), ending, dice.below(pauseMs + 1));
      if (left === 0) history.progress("spent");
    }
    timer = setTimeout(something, dice.below(paceMs + 1));
  }

  async function goodbye() {
    clearTimeout(timer);
    left = 0;
    for (const room of rooms) {
      hands.enter(room);
      ask(room, "note", "kept", 0);
    }
    while (running.size > 0) await Promise.all(running);
    history.progress("done");
  }

  for (const room of rooms) if (dice.below(5) > 0) hands.enter(room);
  timer = setTimeout(something, dice.below(paceMs + 1));
  return { calm: () => void goodbye() };
}
