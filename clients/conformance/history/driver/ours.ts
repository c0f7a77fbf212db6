// Our client. What it sees of a room is what the room's state is made of: the state that a join brings,
// and the events that its reducer gets.

import { type Client, createClient, type Room, roomState } from "@tautline/client";
import { contract, History, type Marks } from "../../wire/src/generated/index.js";
import { type Actor, act, type Order } from "./actor.js";
import { type Asked, type Place, type Writer, writer } from "./history.js";

/** Takes part with our client. */
export function ours(order: Order): Actor {
  const history = writer(order.name);
  let page = open(order, history);
  return act(order, () => ({
    async run(asked) {
      const { mark, command } = asked;
      history.invoked(asked, command === "drop_in" ? null : asked.room);
      const result = await call(page.client, asked);
      if (result.ok) history.answered(mark);
      else history.refused(mark, result.problem);
    },
    enter: (room) => page.enter(room),
    leave: (room) => page.leave(room),
    reload() {
      history.noted("reloads");
      page.close();
      page = open(order, history);
    },
  }));
}

function call({ run }: Client, { mark, room, command, ending, pauseMs }: Asked) {
  const id = room.slice(room.indexOf(":") + 1);
  const { note, remark, say, dropIn, jot } = History.commands;
  if (command === "jot") return run(jot, { slip: id, mark, pauseMs });
  const commands = { note, remark, say, drop_in: dropIn };
  return run(commands[command], { log: id, mark, pauseMs, ending });
}

/** One life of a page. */
function open({ url, rooms }: Order, history: Writer) {
  /** What the reducers made: any other state came with a join. */
  const reduced = new WeakSet<Marks>();
  let isOpen = true;

  function reduce(state: Marks, room: string, mark: string, meta: Partial<Place>): Marks {
    if (isOpen) history.received(room, meta as Place, mark);
    const next = { ...state };
    reduced.add(next);
    return next;
  }

  const log = roomState(History.rooms.log, History, {
    noted: (state, { log, mark }, meta) => reduce(state, `log:${log}`, mark, meta),
  });
  const slip = roomState(History.rooms.slip, History, {
    jotted: (state, { slip, mark }, meta) => reduce(state, `slip:${slip}`, mark, meta),
  });
  const client = createClient({ url, contract, roomStates: [log, slip], logger: false });
  const held = new Map<string, Room<unknown>>();

  function join(room: string) {
    const [kind, id = ""] = room.split(":");
    return kind === "slip" ? client.join(slip, { slip: id }) : client.join(log, { log: id });
  }

  function watch(room: string) {
    const [kind, id = ""] = room.split(":");
    const view = kind === "slip" ? client.room(slip, { slip: id }) : client.room(log, { log: id });
    let shown: Marks | undefined;
    view.subscribe(() => {
      const { state, discontinuity } = view.getSnapshot();
      if (!isOpen || state === shown) return;
      if (!state) history.left(room);
      else if (!reduced.has(state)) {
        history.entered(room, state.marks, discontinuity ? { lost: discontinuity } : {});
      }
      shown = state;
    });
    return () => shown !== undefined;
  }

  const views = rooms.map((room) => ({ room, isShown: watch(room) }));
  client.connect();
  return {
    client,
    enter(room: string) {
      if (!held.has(room)) held.set(room, join(room));
    },
    leave(room: string) {
      held.get(room)?.leave();
      held.delete(room);
    },
    close() {
      isOpen = false;
      for (const { room, isShown } of views) if (isShown()) history.left(room);
      client.close();
    },
  };
}
