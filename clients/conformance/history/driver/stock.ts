// A stock Socket.IO client, as an app would use it that cares: it gives its idempotent commands an id by
// hand, sends them again after a cut, and joins its rooms after each.

import { io } from "socket.io-client";
import { type Actor, act, type Order } from "./actor.js";
import { type Asked, type Place, writer } from "./history.js";

interface Problem {
  readonly code: string;
  readonly outcome: string;
}

/** A command that is not answered. */
interface Waiting {
  readonly asked: Asked;
  readonly id: string;
  copies: number;
  done(answer: Answer | undefined): void;
}

interface Answer {
  readonly ok?: { readonly marks?: readonly string[] };
  readonly at?: readonly (Place & { readonly room: string })[];
  readonly error?: Problem;
}

/** Takes part with `socket.io-client`. */
export function stock(order: Order): Actor {
  const history = writer(order.name);
  const wanted = new Set<string>();
  /** The rooms that it is in, and how far. */
  const inside = new Map<string, Place | undefined>();
  /** Moves on when an answer to a join that is under way is of no use any more. */
  const turns = new Map<string, number>();
  const waiting = new Set<Waiting>();
  let guest: string | undefined;
  let isWelcome = false;

  const socket = io(`${order.url}/history`, {
    transports: ["websocket"],
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 1_000,
    timeout: 5_000,
    auth: (give) => give(guest === undefined ? {} : { guest }),
  });

  function join(room: string) {
    const [kind = "", id] = room.split(":");
    const turn = (turns.get(room) ?? 0) + 1;
    turns.set(room, turn);
    socket.emit(`join_${kind}`, { [kind]: id }, (answer: Answer) => {
      if (!answer.ok || turns.get(room) !== turn) return;
      const place = answer.at?.find((at) => at.room === room);
      inside.set(room, place);
      history.entered(room, answer.ok.marks ?? [], place ? { place } : {});
    });
  }

  function send(command: Waiting) {
    const { mark, room, command: name, ending, pauseMs } = command.asked;
    const [kind = "", id] = room.split(":");
    const payload = { [kind]: id, mark, pauseMs, ...(kind === "log" && { ending }) };
    command.copies += 1;
    const answered = (answer: Answer) => command.done(answer);
    if (name === "say") socket.emit(name, payload, answered);
    else socket.emit(name, payload, { id: command.id }, answered);
  }

  socket.on("tautline:welcome", (welcome: { guestCredential?: string }) => {
    guest = welcome.guestCredential ?? guest;
    isWelcome = true;
    for (const room of wanted) join(room);
    for (const command of waiting) send(command);
  });
  socket.on("disconnect", () => {
    isWelcome = false;
    for (const room of inside.keys()) history.left(room);
    inside.clear();
    // What the client kept for later is kept here, too: it must not go out twice.
    socket.sendBuffer = [];
    for (const command of waiting) if (command.asked.command === "say") command.done(undefined);
  });
  const heard = (room: string, mark: string, place: Place) => {
    if (!inside.has(room)) return;
    const at = inside.get(room);
    // The state of a join has it already: who joins twice is a member while the second one is asked.
    if (at?.epoch === place.epoch && place.seq <= at.seq) return;
    inside.set(room, place);
    history.received(room, place, mark);
  };
  socket.on("noted", ({ log, mark }, meta: Place) => heard(`log:${log}`, mark, meta));
  socket.on("jotted", ({ slip, mark }, meta: Place) => heard(`slip:${slip}`, mark, meta));

  return act(order, (dice) => ({
    run(asked) {
      // It has no lanes: what it sends again may come after what it sends later.
      history.invoked(asked, null);
      if (asked.command === "say" && !isWelcome) {
        history.refused(asked.mark, { code: "offline", outcome: "not_executed" });
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const command: Waiting = {
          asked,
          id: dice.uuid(),
          copies: 0,
          done(answer) {
            if (!waiting.delete(command)) return;
            tell(command, answer);
            resolve();
          },
        };
        waiting.add(command);
        if (isWelcome) send(command);
      });
    },
    enter(room) {
      if (wanted.has(room)) return;
      wanted.add(room);
      if (isWelcome) join(room);
    },
    leave(room) {
      wanted.delete(room);
      turns.set(room, (turns.get(room) ?? 0) + 1);
      if (inside.delete(room)) history.left(room);
      if (isWelcome) socket.emit("tautline:unsubscribe", { room }, () => {});
    },
    reload() {
      // A page that keeps nothing: nobody is told any more.
      for (const command of waiting) command.done(undefined);
      socket.disconnect().connect();
    },
  }));

  function tell({ asked, copies }: Waiting, answer: Answer | undefined) {
    const { mark, room } = asked;
    if (!answer) history.refused(mark, { code: "outcome_unknown", outcome: "unknown" });
    else if (answer.error) {
      const { code, outcome } = answer.error;
      // An earlier copy may have taken effect: only a handler's own words are about all of them.
      const isUnsure = copies > 1 && !code.includes(".");
      history.refused(mark, { code, outcome: isUnsure ? "unknown" : outcome });
    } else {
      history.answered(
        mark,
        answer.at?.find((at) => at.room === room),
      );
    }
  }
}
